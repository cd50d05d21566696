"""Rules of scores as configuration: checked as a whole, stored as definitions; then everybody is scored anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from relata.engine.automation.scoring.rules import (
    GRADES,
    RULE,
    Named,
    ScoreRule,
    Thresholds,
    all_rules,
    events,
    is_scored,
    thresholds_of,
)
from relata.engine.formula import BOOLEAN, check, parse
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.engine.rules.condition import condition_of
from relata.engine.workspace import configure
from relata.engine.workspace.administering import Administering
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

PERMISSION = "manage_objects"
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_MOST_POINTS, _MOST_RULES = 1000, 100


class ScoringChanged(msgspec.Struct, frozen=True):
    """The rules of an object's scores are others than before."""

    object: str


def rules(work: Workspace) -> list[Named]:
    """All rules, by object. Needs manage_objects."""
    require(work, PERMISSION)
    return all_rules(work.context)


def scored(registry: Registry) -> list[Object]:
    """Objects that can be scored."""
    return [one for one in registry.objects.values() if is_scored(one)]


class ScoringAdministration(Administering):
    """One person at the scores of one workspace."""

    async def put(self, name: str, raw: Mapping[str, Any]) -> ScoreRule:
        """Make or replace a rule. Invalid says what does not fit."""
        context = await self._allowed(RULE)
        try:
            rule = msgspec.convert(raw, ScoreRule, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(f"This rule does not fit: {error}.", code="definition") from error
        known = {one.name: one for one in all_rules(context)}
        if not _NAME.match(name) or (name not in known and len(known) >= _MOST_RULES):
            raise Invalid.of([Problem("identifier", _("This name can't be used."), "label")])
        check_rule(context.registry, rule)
        before = configure.body_of(known[name].rule) if name in known else None
        await self._keep(Definition(RULE, name, configure.body_of(rule)), before, rule.object)
        return rule

    async def delete(self, name: str) -> None:
        """Remove a rule, and its points with it."""
        context = await self._allowed(RULE)
        found = next((one for one in all_rules(context) if one.name == name), None)
        if found is None:
            raise NotFound(_("There is no such rule."), code="unknown_definition")

        async def store(work: Workspace) -> None:
            await configure.remove(work.unit.connection, work.context.schema, RULE, name)
            before = {"name": name, **configure.body_of(found.rule)}
            await work.announce(ScoringChanged(found.rule.object))
            await work.log(f"_{RULE}", work.context.id, "configured", before=before)

        await self._run(store)

    async def grade(self, object_name: str, thresholds: Thresholds) -> None:
        """From which score on which letter is given; Invalid unless they fall."""
        context = await self._allowed(GRADES)
        context.registry.get(object_name)
        if not thresholds.a > thresholds.b > thresholds.c:
            raise Invalid.of([Problem("invalid_value", _("A needs more points than B, and B more than C."), "a")])
        before = configure.body_of(thresholds_of(context, object_name))
        await self._keep(Definition(GRADES, object_name, configure.body_of(thresholds)), before, object_name)

    async def _keep(self, definition: Definition, before: dict[str, Any] | None, object_name: str) -> None:
        async def store(work: Workspace) -> None:
            await self._write(work, definition, before)
            await work.announce(ScoringChanged(object_name))

        await self._run(store)


def check_rule(registry: Registry, rule: ScoreRule) -> None:
    """Invalid with everything that does not fit."""
    one = registry.objects.get(rule.object)
    if one is None or not is_scored(one):
        raise Invalid.of([Problem("invalid_value", _("This object has no score."), "object")])
    problems = list(_numbers(rule))
    if rule.kind == "fit":
        problems += _fit(registry, one, rule.where)
    else:
        event = next((found for found in events(registry) if found.name == rule.event), None)
        if event is None:
            problems.append(Problem("required", _("Choose what they do."), "event"))
        elif rule.where:
            problems += _condition(registry, event, rule.where)
    if problems:
        raise Invalid.of(problems)


def _numbers(rule: ScoreRule) -> list[Problem]:
    found = []
    if not rule.points or abs(rule.points) > _MOST_POINTS:
        found.append(Problem("out_of_range", _("Give from 1 to 1,000 points, or take as many."), "points"))
    if not 0 <= rule.half_life_days <= 3650:
        found.append(Problem("out_of_range", _("Choose up to 3,650 days."), "half_life_days"))
    if not 0 <= rule.most <= 100 * _MOST_POINTS:
        found.append(Problem("out_of_range", _("Choose a number that is not negative."), "most"))
    return found


def _fit(registry: Registry, one: Object, where: str) -> list[Problem]:
    if not where:
        return [Problem("required", _("Write who gets the points, such as employees > 100."), "where")]
    found = _condition(registry, one, where)
    if not found and not condition_of(registry, one, where).is_own:
        hint = _("Use fields of %(objects)s themselves.") % {"objects": one.nouns}
        return [Problem("invalid_value", _("A score can't look at linked records or lists."), "where", hint)]
    return found


def _condition(registry: Registry, one: Object, where: str) -> list[Problem]:
    try:
        check(parse(where), FieldScope(registry, one, AnyReader()), expect=BOOLEAN)
        condition_of(registry, one, where)
    except Invalid as error:
        return [Problem(error.code, error.message, "where", error.hint)]
    return []
