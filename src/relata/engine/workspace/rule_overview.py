"""The rules of an object as its administrators read them, and what a rule would say of the records that are there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from relata.engine.formula import Binary, Call, Literal, Path, all_of, negate, parse, to_text
from relata.engine.metadata.object import Object
from relata.engine.metadata.validation import Entry, ValidationRule
from relata.engine.rules.condition import condition_of
from relata.engine.workspace.permissions import require
from relata.foundation.errors import Invalid

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: How far back the rehearsal looks, in days: about a quarter.
QUARTER_DAYS = 91


@dataclass(frozen=True, slots=True)
class RuleOverview:
    """A rule with where it comes from. broken: why its condition no longer fits, or "". shipped: a module brings one of
    this name. is_far: it reads linked records, which costs a write one question more."""

    rule: ValidationRule
    broken: str
    shipped: bool
    is_far: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rule says of the records that the person sees. where: the filter that lists those that break it. lately:
    how many of these were changed in the last quarter, so that their last change would have been refused."""

    where: str
    records: int
    breaking: int
    lately: int


def rules(work: Workspace, object_name: str) -> list[RuleOverview]:
    """The rules of an object in their order. Needs manage_objects."""
    require(work, "manage_objects")
    one = work.registry.get(object_name)
    shipped = _shipped(work, object_name)
    found = []
    for rule in one.rules:
        error, is_far = "", False
        try:
            is_far = not condition_of(work.registry, one, rule.condition).is_own
        except Invalid as refused:
            error = f"{refused.message} {refused.hint or ''}".strip()
        found.append(RuleOverview(rule, error, rule.name in shipped, is_far))
    return found


def entries(work: Workspace, object_name: str) -> tuple[Entry, ...]:
    """What values of an object's choices and links need. Needs manage_objects."""
    require(work, "manage_objects")
    return work.registry.get(object_name).entries


def own_groups(work: Workspace, object_name: str) -> list[tuple[str, ...]]:
    """The fields that the workspace itself made unique together. Needs manage_objects."""
    require(work, "manage_objects")
    return [
        tuple(one.body["fields"]) for one in work.context.of_kind("unique") if one.body.get("object") == object_name
    ]


async def rehearse(work: Workspace, object_name: str, condition: str, *, forbids: bool) -> Rehearsal:
    """How many of the records that the person sees break the rule as they are. Needs manage_objects. Invalid where the
    condition does not fit, or reads what the person may not."""
    require(work, "manage_objects")
    one = work.registry.get(object_name)
    condition_of(work.registry, one, condition)
    parsed = parse(condition)
    breaking = parsed if forbids else negate(parsed)
    lately = Binary("in", Path(("changed_at",)), Call("last_days", (Literal(Decimal(QUARTER_DAYS)),)))
    return Rehearsal(
        to_text(breaking),
        await work.count(one.name),
        await work.count(one.name, breaking),
        await work.count(one.name, all_of([breaking, lately])),
    )


def _shipped(work: Workspace, object_name: str) -> set[str]:
    found: set[str] = set()
    for module in work.registry.modules.values():
        for one in module.objects:
            if one.name == object_name:
                found |= {rule.name for rule in one.rules}
    return found


def title_of(one: Object, name: str) -> str:
    """A field's label; the name itself where there is none."""
    field = one.field(name)
    return field.title if field is not None else name
