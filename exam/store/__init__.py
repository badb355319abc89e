"""The store: what must be remembered, in SQLite or PostgreSQL; all SQL of Gradus is in this package."""

from sqlalchemy import Connection

from exam.store.engine import Store, open_store

__all__ = ["Connection", "Store", "open_store"]
