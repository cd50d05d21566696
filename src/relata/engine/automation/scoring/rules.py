"""Rules of scores as an administrator declares them, ready to be asked; and what fades with time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from relata.engine.metadata.fields import AnyLink, Choice, Integer
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.rules.condition import Condition, condition_of
from relata.engine.workspace.context import WorkspaceContext
from relata.foundation.errors import Invalid

#: Kinds of definitions: a rule under its name, the thresholds of an object under the object's name.
RULE, GRADES = "score_rule", "score_grades"
SCORE, BEHAVIOUR, GRADE = "score", "behaviour_score", "grade"
LETTERS = ("a", "b", "c", "d")


class ScoreRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """points for each record of `object` that is what `where` says (fit), or for each record of `event` about it that
    is (behaviour; empty: any). half_life_days: after so many days half of the points are left; 0: they stay. most: no
    more than so many points from this rule for one record; 0: any."""

    object: str
    points: int
    label: str = ""
    kind: Literal["fit", "behaviour"] = "fit"
    where: str = ""
    event: str = ""
    half_life_days: int = 0
    most: int = 0
    is_active: bool = True


class Thresholds(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """From which score on a record has the letter; below the last it has a d."""

    a: int = 60
    b: int = 30
    c: int = 10


@dataclass(frozen=True, slots=True)
class Named:
    """A rule with its name."""

    name: str
    rule: ScoreRule

    @property
    def label(self) -> str:
        """What people call it."""
        return self.rule.label or self.rule.where or self.rule.event


@dataclass(frozen=True, slots=True)
class Fit:
    """A rule of fit that is ready to be asked."""

    named: Named
    condition: Condition


@dataclass(frozen=True, slots=True)
class Ready:
    """The active rules of an object. reads: fields of its own that the rules of fit look at."""

    fits: tuple[Fit, ...] = ()
    behaviours: tuple[Named, ...] = ()
    reads: frozenset[str] = frozenset()
    thresholds: Thresholds = Thresholds()

    @property
    def are_any(self) -> bool:
        """Whether the object is scored at all."""
        return bool(self.fits or self.behaviours)


def is_scored(one: Object) -> bool:
    """Whether the object has what a score needs."""
    fields = one.all_fields
    return isinstance(fields.get(SCORE), Integer) and BEHAVIOUR in fields and isinstance(fields.get(GRADE), Choice)


def events(registry: Registry) -> list[Object]:
    """Objects whose records happen to others."""
    return [
        one for one in registry.objects.values() if one.happening and isinstance(one.all_fields.get("about"), AnyLink)
    ]


def all_rules(context: WorkspaceContext) -> list[Named]:
    """Every rule, also what is switched off, the heaviest first."""
    found = [Named(one.name, msgspec.convert(one.body, ScoreRule)) for one in context.of_kind(RULE)]
    return sorted(found, key=lambda one: (one.rule.object, one.rule.kind != "fit", -one.rule.points, one.name))


def thresholds_of(context: WorkspaceContext, object_name: str) -> Thresholds:
    """Those of an object."""
    found = next((one for one in context.of_kind(GRADES) if one.name == object_name), None)
    return msgspec.convert(found.body, Thresholds) if found else Thresholds()


def ready(context: WorkspaceContext, one: Object) -> Ready:
    """The active rules of an object, made ready once for each version of the definitions."""
    found: Ready = context.statements.get(("score rules", one.name), lambda: _ready(context, one))
    return found


def _ready(context: WorkspaceContext, one: Object) -> Ready:
    if not is_scored(one):
        return Ready()
    mine = [named for named in all_rules(context) if named.rule.object == one.name and named.rule.is_active]
    known = context.registry.objects
    fits = []
    for named in mine:
        if named.rule.kind == "fit":
            with contextlib.suppress(Invalid):  # a field that it reads is of another type by now: it says nothing
                fits.append(Fit(named, condition_of(context.registry, one, named.rule.where)))
    return Ready(
        tuple(fits),
        tuple(named for named in mine if named.rule.kind == "behaviour" and named.rule.event in known),
        frozenset().union(*(fit.condition.reads for fit in fits)) if fits else frozenset(),
        thresholds_of(context, one.name),
    )


def faded(points: int, half_life_days: int, since: datetime, now: datetime) -> int:
    """What is left of the points, to the nearest whole one (half to even)."""
    days = max(0, (now - since).days)
    return points if not half_life_days else round(points * 0.5 ** (days / half_life_days))


def limited(points: Iterable[int], most: int) -> list[int]:
    """Each as far as there is room below `most` for all before it; 0: all of each. Negative points take as they are
    negative."""
    left, found = most, []
    for one in points:
        if most:
            one = min(one, left) if one > 0 else max(one, -left)
            left -= abs(one)
        found.append(one)
    return found


def grade_of(score: int, thresholds: Thresholds) -> str:
    """The letter."""
    steps: Mapping[str, int] = {"a": thresholds.a, "b": thresholds.b, "c": thresholds.c}
    return next((letter for letter, least in steps.items() if score >= least), "d")
