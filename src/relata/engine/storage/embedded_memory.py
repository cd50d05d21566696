"""How much of the machine's memory PostgreSQL may keep pages in: the indexes into which an import writes at random
places must lie there, or half of its time goes into fetching them and writing others out."""

from __future__ import annotations

import os
from pathlib import Path

_LEAST_MB, _MOST_MB = 128, 1024
#: One part in so many: PostgreSQL's usual fourth is for a machine of its own.
_PART = 16
_LIMIT = Path("/sys/fs/cgroup/memory.max")


def shared_buffers(memory: int = 0) -> str:
    """As PostgreSQL's setting. memory: bytes, 0 for what this machine, or its container, has. Pages are taken when they
    are used first, so an idle workspace needs none of it."""
    wanted = (memory or memory_here()) // _PART >> 20
    return f"{min(max(wanted, _LEAST_MB), _MOST_MB)}MB"


def memory_here() -> int:
    """Bytes of the machine, or of the container that this process is in; 0 where neither is known."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        machine = 0
    try:
        limit = int(_LIMIT.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or one without a limit
        return machine
    return min(machine, limit) if machine else limit
