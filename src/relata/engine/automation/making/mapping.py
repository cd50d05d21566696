"""Pairs of fields, such as a lead's own and a deal's own: stored as configuration, applied when the action runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from relata.engine.metadata.fields import Choice, Field, MultiChoice
from relata.engine.metadata.module import Action
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition
from relata.engine.metadata.packed import PackedDefinition
from relata.engine.metadata.registry import Registry
from relata.engine.workspace import configure
from relata.engine.workspace.administering import Administering
from relata.engine.workspace.context import WorkspaceContext
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

#: The kind of definition; its name is `object.action`.
KIND = "field_mapping"
_TEXTS = ("text", "long_text")
_NEVER = ("file", "formula", "roll_up", "auto_number", "links")
_MOST = 200


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`source` of the record goes to `target` of the object `to`."""

    source: str
    to: str
    target: str


class FieldMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All pairs of an action."""

    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Making:
    """An action that makes records, with the pairs that were added to its own."""

    action: Action
    source: Object
    targets: tuple[Object, ...]
    pairs: tuple[Pair, ...]


def makings(context: WorkspaceContext) -> list[Making]:
    """Every action that makes records out of others."""
    known = context.registry.objects
    return [
        Making(
            action, known[name], tuple(known[one] for one in action.makes if one in known), pairs_of(context, action)
        )
        for name, actions in context.registry.actions.items()
        for action in actions.values()
        if action.makes and name in known
    ]


def pairs_of(context: WorkspaceContext, action: Action) -> tuple[Pair, ...]:
    """Those that were added to an action and still fit."""
    found: tuple[Pair, ...] = context.statements.get(
        ("field mapping", action.object, action.name), lambda: tuple(_fitting(context, action))
    )
    return found


def _fitting(context: WorkspaceContext, action: Action) -> Iterable[Pair]:
    name = f"{action.object}.{action.name}"
    for definition in context.of_kind(KIND):
        if definition.name == name:
            for pair in msgspec.convert(definition.body, FieldMapping).pairs:
                if not problem_of(context.registry, action, pair):
                    yield pair


def taken(context: WorkspaceContext, action: Action, record: Mapping[str, Any] | Any, to: str) -> dict[str, Any]:
    """The values that the added pairs give to a new record of `to`; what is empty, or is no option there, is left."""
    source, target = context.registry.get(action.object), context.registry.get(to)
    values = {}
    for pair in pairs_of(context, action):
        if pair.to == to:
            value = _as(source.all_fields[pair.source], target.all_fields[pair.target], record[pair.source])
            if value not in (None, "", (), []):
                values[pair.target] = value
    return values


def _as(source: Field, target: Field, value: Any) -> Any:
    if value is None or source.type_name == target.type_name:
        if isinstance(target, Choice):
            return value if target.option(value) else None
        if isinstance(target, MultiChoice):
            return tuple(one for one in value or () if target.option(one)) or None
        return value
    if target.type_name in _TEXTS:
        return source.to_text(value)[: getattr(target, "max_length", None) or None]
    return value


def problem_of(registry: Registry, action: Action, pair: Pair) -> str:
    """Why a pair can't be; "" where it can."""
    source, to = registry.get(action.object).field(pair.source), registry.objects.get(pair.to)
    target = to.field(pair.target) if to is not None and pair.to in action.makes else None
    if source is None or not can_be_source(source):
        return _("There is no field %(field)s to take from.") % {"field": pair.source[:60]}
    if target is None or not can_be_target(target):
        return _("There is no field %(field)s to fill.") % {"field": f"{pair.to}.{pair.target}"[:80]}
    if pair.target in action.makes[pair.to].values():
        return _("%(field)s is filled already.") % {"field": target.title}
    is_number = source.type_name == "integer" and target.type_name in ("decimal", "percent")
    is_same = source.type_name == target.type_name and getattr(source, "to", "") == getattr(target, "to", "")
    if not (is_same or is_number or (target.type_name in _TEXTS and source.type_name != "json")):
        words = {"source": source.title, "target": target.title}
        return _("What %(source)s holds does not fit into %(target)s.") % words
    return ""


def can_be_source(field: Field) -> bool:
    """Whether its values can be taken along."""
    return field.stored and not field.system and field.sensitivity != "secret" and field.type_name not in _NEVER


def can_be_target(field: Field) -> bool:
    """Whether it can be filled."""
    return can_be_source(field) and not field.read_only


class MappingAdministration(Administering):
    """One person at the mappings of one workspace. Needs manage_objects."""

    async def put(self, object_name: str, action_name: str, pairs: Iterable[Pair]) -> None:
        """Replace what was added to an action. Invalid names the pair in its field: `NUMBER`."""
        context = await self._allowed(KIND)
        action = context.registry.actions.get(object_name, {}).get(action_name)
        if action is None or not action.makes:
            raise NotFound(_("There is nothing to map here."), code="unknown_action")
        given = tuple(pairs)
        problems, filled = [], set[tuple[str, str]]()
        for at, pair in enumerate(given):
            text = problem_of(context.registry, action, pair)
            if not text and (pair.to, pair.target) in filled:
                text = _("%(field)s stands here twice.") % {"field": pair.target}
            filled.add((pair.to, pair.target))
            if text:
                problems.append(Problem("invalid_value", text, str(at)))
        if len(given) > _MOST:
            problems.append(Problem("too_long", _("Map at most %(most)s fields.") % {"most": _MOST}))
        if problems:
            raise Invalid.of(problems)
        name = f"{object_name}.{action_name}"
        before = next((one.body for one in context.of_kind(KIND) if one.name == name), None)
        await self._store(Definition(KIND, name, configure.body_of(FieldMapping(given))), before)


def _check(registry: Registry, body: dict[str, Any]) -> None:
    msgspec.convert(body, FieldMapping)  # pairs that do not fit are left out where they are used


PACKED = PackedDefinition(KIND, "Fields that an action takes along", "manage_objects", _check)
