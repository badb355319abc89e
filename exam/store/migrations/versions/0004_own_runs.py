"""A student's own runs of the experiments."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("experiment", sa.String(length=80), nullable=False),
        sa.Column("metric", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("accuracies", sa.JSON(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_run_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "experiment", "metric", name=op.f("pk_run")),
    )
