"""Assignment rules as configuration: checked as a whole, stored as definitions, in the log like all others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.assignment.rules_of import KIND, Named, all_rules
from relata.engine.automation.assignment.values import checked_for
from relata.engine.formula import BOOLEAN, check, parse
from relata.engine.formula import types as kinds
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.engine.rules.assignment import POOLS, AssignmentRule, Target
from relata.engine.workspace import configure
from relata.engine.workspace.administering import Administering
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

PERMISSION = "manage_objects"
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_MOST_MINUTES = 60 * 24 * 60
_MOST = 200


def rules(work: Workspace) -> list[Named]:
    """All rules, by object and order. Needs manage_objects."""
    require(work, PERMISSION)
    return all_rules(work.context)


class AssignmentAdministration(Administering):
    """One person at the assignment rules of one workspace."""

    async def put(self, name: str, raw: Mapping[str, Any]) -> AssignmentRule:
        """Make or replace a rule; a new one comes last among those of its object. Invalid says what does not fit."""
        context = await self._allowed(KIND)
        known = next((one for one in all_rules(context) if one.name == name), None)
        rule = read(raw)
        if not _NAME.match(name):
            raise Invalid.of([_problem("identifier", _("This name can't be used."), "name")])
        check_rule(context.registry, rule)
        if known is None or known.rule.object != rule.object:
            others = [one.rule.position for one in all_rules(context) if one.rule.object == rule.object]
            rule = msgspec.structs.replace(rule, position=max(others, default=0) + 1)
        else:
            rule = msgspec.structs.replace(rule, position=known.rule.position)

        async def store(work: Workspace) -> None:
            await check_targets(work, rule)
            before = configure.body_of(known.rule) if known else None
            await self._write(work, Definition(KIND, name, configure.body_of(rule)), before)

        await self._run(store)
        return rule

    async def delete(self, name: str) -> None:
        """Remove a rule; what it assigned stays where it is."""
        known = await self._known(name)
        await self._remove(KIND, name, configure.body_of(known.rule))

    async def switch(self, name: str, *, on: bool) -> None:
        """Switch a rule on or off."""
        known = await self._known(name)
        after = msgspec.structs.replace(known.rule, is_active=on)
        await self._store(Definition(KIND, name, configure.body_of(after)), configure.body_of(known.rule))

    async def reorder(self, object_name: str, names: Sequence[str]) -> None:
        """Put the rules of an object into this order. Conflict where they are not the ones that there are."""
        context = await self._allowed(KIND)
        known = {one.name: one for one in all_rules(context) if one.rule.object == object_name}
        if sorted(names) != sorted(known):
            raise Conflict(_("The rules have changed meanwhile."), code="stale_order", hint=_("Load the page again."))

        async def store(work: Workspace) -> None:
            for position, name in enumerate(names, 1):
                rule = known[name].rule
                if rule.position != position:
                    after = msgspec.structs.replace(rule, position=position)
                    await self._write(work, Definition(KIND, name, configure.body_of(after)), configure.body_of(rule))

        await self._run(store)

    async def _known(self, name: str) -> Named:
        context = await self._allowed(KIND)
        found = next((one for one in all_rules(context) if one.name == name), None)
        if found is None:
            raise NotFound(_("There is no such rule."), code="unknown_definition")
        return found


def read(raw: Mapping[str, Any]) -> AssignmentRule:
    """A rule as it was sent; Invalid where it has another shape."""
    try:
        return msgspec.convert(raw, AssignmentRule, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(_("This rule does not fit: %(error)s.") % {"error": error}, code="definition") from error


def check_rule(registry: Registry, rule: AssignmentRule) -> None:
    """Invalid with everything that can be known without looking at records."""
    one = registry.get(rule.object)
    problems: list[Problem] = []
    if one.personal or one.access_parent == "about":
        problems.append(_problem("invalid_value", _("Records of this object are not assigned."), "object"))
    for name, text, is_condition in (
        ("where", rule.where, True),
        ("skills", rule.skills, False),
        *((f"columns.{at}", text, False) for at, text in enumerate(rule.columns)),
    ):
        problems += _expression(registry, one, name, text, is_condition=is_condition)
    problems += _open(registry, one, rule) + _way(registry, one, rule) + _limits(one, rule)
    if problems:
        raise Invalid.of(problems)


def _expression(registry: Registry, one: Object, name: str, text: str, *, is_condition: bool) -> list[Problem]:
    if not text.strip():
        return []
    try:
        checked_for(registry, one, text, is_condition=is_condition)
    except Invalid as error:
        return [Problem(error.code, error.message, name, error.hint)]
    return []


def _open(registry: Registry, one: Object, rule: AssignmentRule) -> list[Problem]:
    try:
        if rule.open:
            check(parse(rule.open), FieldScope(registry, one, AnyReader()), expect=BOOLEAN)
    except Invalid as error:
        return [Problem(error.code, error.message, "open", error.hint)]
    return []


def _way(registry: Registry, one: Object, rule: AssignmentRule) -> list[Problem]:
    """What the chosen way needs."""
    if rule.way in POOLS and not rule.members and rule.team is None:
        return [_problem("required", _("Choose people or a team who take turns."), "members")]
    if rule.way in ("person", "queue", "team") and (rule.to is None or rule.to.kind != rule.way):
        return [_problem("required", _("Choose to whom the records go."), "to")]
    if rule.way == "table":
        if not rule.columns or not rule.rows:
            return [_problem("required", _("A table needs a column and a row."), "rows")]
        if any(len(row.when) != len(rule.columns) for row in rule.rows):
            return [_problem("invalid_value", _("Each row needs a value for each column."), "rows")]
    if rule.way == "expression":
        if not rule.expression.strip():
            return [_problem("required", _("Write which person it is, such as account.owner."), "expression")]
        try:
            found = checked_for(registry, one, rule.expression, is_condition=False).type
        except Invalid as error:
            return [Problem(error.code, error.message, "expression", error.hint)]
        if found != kinds.id_of("user"):
            return [_problem("invalid_value", _("This is no person."), "expression")]
    return []


def _limits(one: Object, rule: AssignmentRule) -> list[Problem]:
    problems = []
    if not 0 <= rule.response_minutes <= _MOST_MINUTES:
        problems.append(_problem("invalid_value", _("Choose a response time of up to 60 days."), "response_minutes"))
    if not 0 <= rule.capacity <= 1_000_000:
        problems.append(_problem("invalid_value", _("A capacity is a number, not below zero."), "capacity"))
    if any(not 1 <= member.weight <= 100 for member in rule.members):
        problems.append(_problem("invalid_value", _("A weight is a number from 1 to 100."), "members"))
    if len(rule.members) > _MOST or len(rule.rows) > 2 * _MOST or len(rule.columns) > 6:
        problems.append(_problem("too_long", _("A rule has at most 200 people, 6 columns and 400 rows."), "members"))
    if unknown := [name for name in rule.met_by if one.field(name) is None]:
        problems.append(
            _problem("unknown_field", _("There is no field %(name)s.") % {"name": unknown[0][:60]}, "met_by")
        )
    if rule.escalate == "queue" and rule.escalate_to is None and rule.response_minutes:
        problems.append(_problem("required", _("Choose the queue for what is late."), "escalate_to"))
    return problems


async def check_targets(work: Workspace, rule: AssignmentRule) -> None:
    """Invalid where a person, team or queue that the rule names does not exist."""
    wanted: dict[str, dict[UUID, str]] = {"user": {}, "team": {}, "queue": {}}
    for member in rule.members:
        wanted["user"][member.person] = "members"
    for target, field in ((rule.to, "to"), (rule.fallback, "fallback"), *((row.to, "rows") for row in rule.rows)):
        if isinstance(target, Target):
            wanted["user" if target.kind == "person" else target.kind][target.id] = field
    if rule.team is not None:
        wanted["team"][rule.team] = "team"
    if rule.escalate_to is not None:
        wanted["queue"][rule.escalate_to] = "escalate_to"
    problems = []
    for name, ids in wanted.items():
        found = {one.id for one in await work.as_system().get_many(name, sorted(ids))} if ids else set()
        missing = {field for key, field in ids.items() if key not in found}
        problems += [_problem("invalid_link", _("There is no such person, team or queue."), field) for field in missing]
    if problems:
        raise Invalid.of(problems)


def _problem(code: str, message: str, field: str) -> Problem:
    return Problem(code, message, field)
