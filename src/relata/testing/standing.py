"""Applications that are built once for a session: hundreds of routes take a second, and every test wants its own house.

A test's parts (ports, door, files) move in behind stand-ins, which the routes hold instead of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

T = TypeVar("T")
#: What a stand-in hands out as it is, also while routes are made: it says the same for every test.
_PLAIN = (str, bytes, int, float, bool, type(None), tuple, frozenset, Path, UUID, dt.datetime)
_STANDING: dict[object, tuple[Any, dict[str, StandIn]]] = {}


class StandIn:
    """Everything that is asked of it is asked of whatever stands behind it at that moment."""

    def __init__(self, find: Callable[[], Any]) -> None:
        self._find = find
        self._is_building = True

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._find(), name)
        if not self._is_building or isinstance(found, _PLAIN):
            return found
        return StandIn(lambda: getattr(self._find(), name))

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._find()(*given, **named)

    def move(self, real: Any) -> None:
        """From now on `real` stands behind it."""
        self._find = lambda: real

    def settle(self) -> None:
        """The routes are made: real things may be handed out now."""
        self._is_building = False


def standing(kind: object, build: Callable[..., T], **parts: Any) -> T:
    """What `build` makes of these parts, made once for each `kind` and given other parts afterwards.

    kind: whatever makes a difference while it is built; hashable. A part that is None stays None."""
    held = _STANDING.get(kind)
    if held is None:
        stand_ins = {name: StandIn(partial(parts.get, name)) for name, part in parts.items() if part is not None}
        made = build(**{**parts, **stand_ins})
        for one in stand_ins.values():
            one.settle()
        held = _STANDING[kind] = made, stand_ins
    for name, one in held[1].items():
        one.move(parts[name])
    result: T = held[0]
    return result
