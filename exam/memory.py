"""Memory: what glibc keeps, because handing it back and asking again costs three times as much, and what the collector need not look at."""

from __future__ import annotations

import ctypes
import gc

KEPT = 24 << 20  # bytes: a password is hashed in 19 MiB
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # from glibc's malloc.h


def keep_memory() -> bool:
    """Tells glibc to keep KEPT bytes; says whether it took it.  Elsewhere (musl, macOS, Windows) it does nothing."""
    try:
        libc = ctypes.CDLL(None)
        libc.gnu_get_libc_version  # noqa: B018 - only glibc has it, and only its mallopt means these numbers
        return all(libc.mallopt(ctypes.c_int(what), ctypes.c_int(KEPT)) for what in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD))
    except (AttributeError, OSError, TypeError):
        return False


def give_back() -> bool:
    """Hands back, once, what starting used and nobody needs any more; says whether there was any."""
    try:
        return bool(ctypes.CDLL(None).malloc_trim(ctypes.c_size_t(0)))
    except (AttributeError, OSError, TypeError):
        return False


def settle() -> None:
    """Once, when all that stays is loaded: the bank is never garbage, and looking through it was 6 % of an exam's CPU."""
    gc.collect()
    gc.freeze()
