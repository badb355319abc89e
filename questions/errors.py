"""What can go wrong, for the packages that do not know the solvers."""

from solvers.errors import GradusError, listed, pointer, quoted

__all__ = ["GradusError", "listed", "pointer", "quoted"]
