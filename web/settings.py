"""Where this installation keeps what it must remember."""

from __future__ import annotations

import os
from pathlib import Path


def default_database() -> str:
    """$GRADUS_DATABASE, else gradus.db in the state folder."""
    return os.environ.get("GRADUS_DATABASE") or str(state_folder() / "gradus.db")


def state_folder() -> Path:
    """$GRADUS_STATE, else .gradus in the checkout, or in the home folder where Gradus is installed as a package."""
    if chosen := os.environ.get("GRADUS_STATE"):
        return Path(chosen)
    checkout = Path(__file__).resolve().parents[1]
    return (checkout if (checkout / "pyproject.toml").exists() else Path.home()) / ".gradus"
