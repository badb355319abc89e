"""What can go wrong, for the packages that do not know the solvers."""

from solvers.errors import GradusError, in_json, listed, pointer, quoted

__all__ = ["GradusError", "in_json", "listed", "pointer", "quoted"]
