"""Which access codes open records to a person, worked out from their rights and their keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from relata.engine.access import codes
from relata.engine.access.actor import Opening
from relata.engine.access.levels import Level
from relata.engine.access.rights import Rights
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.workspace.context import WorkspaceContext

Codes = tuple[int, ...]
#: The fields `codes`, `inherited` and `loose` of an actor.
Openings = tuple[Codes, dict[str, Codes], dict[str, tuple[Opening, ...]]]


class Keys(NamedTuple):
    """The keys (see `codes`) of a person, of their teams, and of these with all below them."""

    user: int | None
    teams: list[int]
    below: list[int]


def openings_of(context: WorkspaceContext, rights: Rights, keys: Keys) -> Openings:
    """What these rights and keys open."""
    tight = {parents[0] for name, parents in context.registry.access_parents.items() if not _is_loose(context, name)}
    opened = _codes(context, rights, keys, tight)
    inherited = {name: _inherited(context, rights, name, opened) for name in context.registry.access_parents}
    broken = {one.name for one in context.registry.objects.values() if not _is_open(rights, _line(context, one))}
    loose = {
        name: tuple(_openings(context, rights, keys, parents, broken))
        for name, parents in context.registry.access_parents.items()
        if _is_loose(context, name)
    }
    return tuple(codes.own_only(opened)), inherited, loose


def _is_loose(context: WorkspaceContext, name: str) -> bool:
    """Whether the object takes access from whatever its any-link names."""
    one = context.registry.get(name)
    return bool(one.access_parent) and not isinstance(one.field(one.access_parent), Link)


def _codes(context: WorkspaceContext, rights: Rights, keys: Keys, parents: Iterable[str]) -> Codes:
    """Direct grants, and inheritance from these parents as far as the person's level on them goes."""
    mine = [key for key in (keys.user, *keys.teams) if key is not None]
    found = {codes.own_code(key, way) for key in mine for way in (codes.SHARE, codes.RULE, codes.MEMBER)}
    for parent in parents:
        number, one = context.numbers.get(parent), context.registry.get(parent)
        level = rights.level(one, "read")
        if level is Level.NONE or number is None:
            continue
        found |= {codes.inherited_code(key, number, codes.GRANTED) for key in mine}
        if level is Level.ALL:
            found.add(codes.inherited_code(0, number, codes.ANY))
        if keys.user is not None:
            found.add(codes.inherited_code(keys.user, number, codes.OWNER))
        held = keys.below if level is Level.BELOW else keys.teams if level is Level.TEAM else []
        found |= {codes.inherited_code(key, number, codes.TEAM) for key in held}
    return tuple(sorted(found))


def _inherited(context: WorkspaceContext, rights: Rights, name: str, opened: Codes) -> Codes:
    """The codes that can lie in this object's rows: direct grants, and those of its parents. What is compared with
    every row is short (a manager of six teams has 42 codes, of which 15 can occur in contacts: counting a million of
    them took 1.9 s with all and 0.3 s with these). Parents beyond one that the person may not read at all open nothing,
    since their access would have to pass through it."""
    line = _line(context, name)
    if _is_loose(context, name) or (line and _is_loose(context, line[-1].name)):
        return opened
    numbers = {0, *(context.numbers.get(parent, 0) for parent in _open_line(context, rights, name))}
    return tuple(code for code in opened if (code % 1024) // 4 in numbers)


def _is_open(rights: Rights, line: list[Object]) -> bool:
    return all(rights.level(parent, "read") for parent in line)


def _openings(
    context: WorkspaceContext, rights: Rights, keys: Keys, parents: tuple[str, ...], broken: set[str]
) -> Iterable[Opening]:
    """For an object that inherits over an any-link: the parents that the person may read, those with a broken line of
    their own apart, each with its codes."""
    plain = tuple(name for name in parents if rights.level(context.registry.get(name), "read") and name not in broken)
    lines = {parent.name for name in plain for parent in (context.registry.get(name), *_line(context, name))}
    yield Opening(plain, _codes(context, rights, keys, lines))
    for name in parents:
        if name in broken and rights.level(context.registry.get(name), "read"):
            yield Opening((name,), _codes(context, rights, keys, (name, *_open_line(context, rights, name))))


def _open_line(context: WorkspaceContext, rights: Rights, name: str) -> Iterable[str]:
    """The parents up to the first that the person may not read."""
    for parent in _line(context, name):
        if not rights.level(parent, "read"):
            return
        yield parent.name


def _line(context: WorkspaceContext, one: Object | str) -> list[Object]:
    """The objects over which access may come by links, the nearest first; each once, where a line runs in a circle."""
    registry = context.registry
    name = one if isinstance(one, str) else one.name
    line: list[Object] = []
    while name in registry.access_parents and not _is_loose(context, name):
        target = registry.get(registry.access_parents[name][0])
        if target in line:
            break
        line.append(target)
        name = target.name
    return line
