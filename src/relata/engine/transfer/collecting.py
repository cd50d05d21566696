"""Garbage is looked for less often while many rows are written: a chunk makes 100,000 objects that go by themselves,
and looking through them again and again took 15 % of an import."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

#: New objects before the youngest are looked through; Python's own figure is 700.
_RARELY = 100_000
_running = 0
_usual: tuple[int, int, int] = (0, 0, 0)


@contextlib.contextmanager
def collecting_rarely() -> Iterator[None]:
    """Within this, for the whole process; several may overlap, the last one to end puts back what was."""
    global _running, _usual
    if not _running:
        _usual = gc.get_threshold()
        gc.set_threshold(max(_RARELY, _usual[0]), *_usual[1:])
    _running += 1
    try:
        yield
    finally:
        _running -= 1
        if not _running:
            gc.set_threshold(*_usual)
