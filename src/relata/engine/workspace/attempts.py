"""Part of a unit of work that may fail without the rest."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from relata.engine.storage.failures import StaleMetadata
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Bug, LimitReached, RelataError, Unavailable

#: Limits that are about the moment and not about what was sent.
_MOMENTARY = ("try_again", "busy", "too_slow")


@contextlib.asynccontextmanager
async def attempt(unit: Unit) -> AsyncIterator[None]:
    """A savepoint that covers the unit's own memory, too: what raises leaves neither rows, nor noted roll-ups, nor keys
    of people behind."""
    outer, unit.deltas = unit.deltas, {}
    principals, waiting = dict(unit.principals), len(unit.after_commit)
    try:
        async with unit.connection.savepoint():
            yield
    except BaseException:
        unit.deltas = outer
        unit.principals.clear()
        unit.principals.update(principals)
        unit.kept.clear()
        unit.answers.clear()
        del unit.after_commit[waiting:]
        raise
    inner, unit.deltas = unit.deltas, outer
    for key, (count, total) in inner.items():
        known = outer.setdefault(key, [0, 0])
        outer[key] = [known[0] + count, known[1] + total]


def is_refusal(error: RelataError) -> bool:
    """Whether the error is about what was sent, so that other rows may do better; else it is about us or the moment."""
    if isinstance(error, LimitReached):
        return error.code not in _MOMENTARY
    return not isinstance(error, (Bug, Unavailable, StaleMetadata))
