"""The rows or columns of a table in their order: each group, after its parts its subtotal, the total last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from relata.engine.reporting.keys import Words

Keys = tuple[Any, ...]
#: So many rows or columns at most; what is added for groups without records ends there.
MOST_HEADS = 20_000


def ordered(words: Sequence[Words], present: Iterable[Keys], value: Callable[[Keys], Any]) -> list[Keys]:
    """present: the keys of the finest level. value: the first figure of a group, by which some levels are sorted."""
    children: dict[Keys, set[Any]] = {}
    for keys in present:
        for depth in range(len(keys)):
            children.setdefault(keys[:depth], set()).add(keys[depth])
    found: list[Keys] = []
    _walk((), words, children, value, found)
    return found


def _walk(
    above: Keys, words: Sequence[Words], children: dict[Keys, set[Any]], value: Callable[[Keys], Any], found: list[Keys]
) -> None:
    depth = len(above)
    if depth < len(words):
        level = words[depth]
        here = set(children.get(above, ()))
        if level.groups.grouping.show_empty and len(found) < MOST_HEADS:
            here |= set(level.keys)
        for key in _sorted(level, here, lambda one: value((*above, one))):
            _walk((*above, key), words, children, value, found)
    found.append(above)


def _sorted(level: Words, keys: set[Any], value: Callable[[Any], Any]) -> list[Any]:
    sort = level.groups.grouping.sort
    natural = sorted(keys, key=level.place)
    if not sort:
        return natural
    last = [key for key in natural if level.place(key)[0] == 2]
    others = [key for key in natural if level.place(key)[0] != 2]
    if sort.endswith("label"):
        named = [key for key in others if level.place(key)[0] == 0]
        empty = [key for key in others if level.place(key)[0] == 1]
        return [*sorted(named, key=level.label, reverse=sort.startswith("-")), *empty, *last]
    valued = [key for key in others if value(key) is not None]
    without = [key for key in others if value(key) is None]
    return [*sorted(valued, key=value, reverse=sort.startswith("-")), *without, *last]
