"""Whether a package fits here, judged before anything is stored: the same checks as by hand, thing by thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from relata.engine.metadata.module import Role
from relata.engine.metadata.overlay import Tweak, decode_field, decode_layout, decode_object
from relata.engine.metadata.packed import PackedDefinition, PackedRecords
from relata.engine.metadata.registry import Registry
from relata.engine.metadata.validation import Entry, ValidationRule
from relata.engine.rules.checks import check_entry, check_group, check_rule
from relata.engine.transfer.configuration.comparing import Difference
from relata.engine.transfer.configuration.gathering import packed_definitions, packed_records
from relata.engine.workspace.configuration_checks import check_name, check_principal, check_role
from relata.engine.workspace.expressions import check_expressions
from relata.engine.workspace.layouts import check_layout
from relata.engine.workspace.permissions import require
from relata.engine.workspace.sharing import SharingRule
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _


async def check(work: Workspace, registry: Registry, differences: Sequence[Difference]) -> None:
    """registry: as it would be. Invalid with everything that does not fit, each with the name of the thing."""
    problems: list[Problem] = []
    packed: dict[str, PackedDefinition | PackedRecords] = {**packed_definitions(registry), **packed_records(registry)}
    for one in differences:
        part = packed.get(one.kind)
        if part is not None:
            require(work, part.permission)
        if one.after is None:
            continue
        try:
            if isinstance(part, PackedRecords):
                part.check(one.after)
            elif part is not None:
                part.check(registry, one.after)
            elif one.part == "definitions":
                await _check(work, registry, one, one.after)
        except (RelataError, msgspec.ValidationError, KeyError, TypeError) as error:
            problems.extend(_told(one, error))
    if problems:
        raise Invalid.of(problems[:50])


async def _check(work: Workspace, registry: Registry, one: Difference, body: dict[str, Any]) -> None:
    match one.kind:
        case "object":
            decode_object(body)
            if not registry.get(one.name).custom:
                raise Invalid(_("There is an object with this name already."), code="not_unique")
        case "field":
            field, target = decode_field(body["field"]), registry.get(body["object"])
            known = work.registry.objects.get(target.name)
            there = known.field(field.name) if known else None
            if there is not None and (not there.custom or there.type_name != field.type_name):
                raise Invalid(_("There is a field of another type with this name."), code="type_changed")
            check_expressions(registry, target, field)
        case "tweak":
            msgspec.convert(body, Tweak)
            registry.get(one.name.partition(".")[0])
        case "validation_rule":
            check_rule(registry, registry.get(body["object"]), msgspec.convert(_without(body), ValidationRule))
        case "entry":
            check_entry(registry.get(body["object"]), msgspec.convert(_without(body), Entry))
        case "unique":
            check_group(registry.get(body["object"]), tuple(body["fields"]))
        case "layout":
            layout = decode_layout(body)
            if layout is None:
                raise Invalid(_("This layout does not fit."), code="definition")
            check_layout(registry, one.name, layout)
        case "role":
            check_name("role", one.name)
            check_role(work, msgspec.convert(body, Role))
        case "sharing_rule":
            rule = msgspec.convert(body, SharingRule)
            check_expressions(registry, registry.get(rule.object), rule)
            await check_principal(work, rule)


def _without(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "object"}


def _told(one: Difference, error: Exception) -> list[Problem]:
    place = f"{one.kind} {one.name}"
    if isinstance(error, RelataError):
        found = error.problems or (Problem(error.code, error.message, None, error.hint),)
        return [Problem(each.code, f"{place}: {each.message}", None, each.hint) for each in found]
    return [Problem("definition", _("%(thing)s does not fit.") % {"thing": place}, None, None)]
