"""The figures of one object, in one statement: over everything that the reader sees, and by owner or by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, any_of, negate, parse, to_text
from relata.engine.metadata.fields import Emails, Field, Phones, WebAddresses
from relata.engine.metadata.object import Object
from relata.engine.metadata.validation import ValidationRule
from relata.engine.query.tabulating import tabulate
from relata.engine.query.tabulation import Figure, Group, Level, Tabulation
from relata.engine.reporting.quality.expected import expected
from relata.engine.reporting.quality.rules import judged
from relata.engine.workspace.workspace import Workspace

#: Records that nobody changed for so long are stale.
FRESH_DAYS = 180
_SECONDS = 10.0
_GROUPS = 200
_TELLING = (Emails, Phones, WebAddresses)


class FieldFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One field. of: how many records should have it, which is fewer than all where a condition says when it shows.
    breaking: how often a rule that is shown at it is broken."""

    field: Field
    of: int
    filled: int
    lacking: str
    breaking: int = 0

    @property
    def valid(self) -> float | None:
        """Of those that should have it, how many break none of the rules that are shown at it, 0-100."""
        return max(0, self.of - self.breaking) / self.of * 100 if self.of else None

    @property
    def share(self) -> float | None:
        """0-100; None where no record should have it."""
        return self.filled / self.of * 100 if self.of else None


class RuleFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. where: the filter of the records that break it."""

    rule: ValidationRule
    breaking: int
    where: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of some records. key: the owner or source; None for all, and for none. complete, valid, fresh: 0-100,
    None where there is nothing to count."""

    key: Any
    records: int
    complete: float | None
    valid: float | None
    fresh: float | None


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """All of one object."""

    object: str
    total: Line
    fields: tuple[FieldFigure, ...]
    rules: tuple[RuleFigure, ...]
    groups: tuple[Line, ...] = ()
    stale: str = ""


async def measure(work: Workspace, one: Object, by: str = "") -> Quality:
    """by: `owner` or `created_via` for a line for each. Raises Denied, and LimitReached after ten seconds."""
    work.readable_object(one.name)
    fields = [field for field in expected(work.registry, one) if work.actor.readable(one, field)]
    rules = list(judged(work, one))
    lacking = [_lacking(field) for field in fields]
    wrong = any_of([where for _rule, where in rules]) if rules else None
    figures: list[Figure] = [Figure("count", where=stale())]
    figures += [Figure("count", where=wrong)] if wrong is not None else []
    figures += [Figure("count", where=where) for _rule, where in rules]
    for field, empty in zip(fields, lacking, strict=True):
        figures += [Figure("count", where=empty)]
        figures += [Figure("count", where=parse(field.visible))] if field.visible else []
    levels = (Level(Path((by,))),) if by else ()
    asked = Tabulation(one.name, levels, tuple(figures), sets=((), (0,)) if by else (), limit=_GROUPS, seconds=_SECONDS)
    await work.settle()
    groups = (await tabulate(work.unit.connection, work.context.ground, work.actor, asked)).groups
    whole = next((group for group in groups if not group.kept), Group((), (), 0, 0, 0, (0,) * len(figures)))
    read = _Reading(fields, len(rules), has_wrong=wrong is not None)
    broken = Counter[str]()
    for (rule, _where), count in zip(rules, read.breaking(whole), strict=True):
        broken[rule.field or ""] += count
    return Quality(
        object=one.name,
        total=read.line(whole, None),
        fields=tuple(
            FieldFigure(field=field, of=of, filled=of - empty, lacking=to_text(where), breaking=broken[field.name])
            for field, where, (of, empty) in zip(fields, lacking, read.filled(whole), strict=True)
        ),
        rules=tuple(
            RuleFigure(rule=rule, breaking=count, where=to_text(where))
            for (rule, where), count in zip(rules, read.breaking(whole), strict=True)
        ),
        groups=tuple(
            read.line(group, group.keys[0]) for group in sorted(groups, key=lambda group: -group.count) if group.kept
        ),
        stale=to_text(stale()),
    )


async def shared(work: Workspace, one: Object, fields: Sequence[Field]) -> dict[str, float]:
    """Of fields that should tell records apart, ways to reach somebody: the share of values that no other record has,
    0-100. Denied, and LimitReached after ten seconds."""
    telling = [field for field in fields if isinstance(field, _TELLING)]
    figures = [Figure(what, parse(field.name)) for field in telling for what in ("filled", "distinct")]
    if not figures:
        return {}
    await work.settle()
    asked = Tabulation(one.name, (), tuple(figures), seconds=_SECONDS)
    groups = (await tabulate(work.unit.connection, work.context.ground, work.actor, asked)).groups
    values = groups[0].figures if groups else (0,) * len(figures)
    pairs = zip(telling, values[::2], values[1::2], strict=True)
    return {field.name: distinct / filled * 100 for field, filled, distinct in pairs if filled}


def stale() -> Node:
    """The condition of records that nobody changed for long."""
    return negate(Binary("in", Path(("changed_at",)), Call("last_days", (Literal(Decimal(FRESH_DAYS)),))))


def _lacking(field: Field) -> Node:
    empty = Binary("=", Path((field.name,)), Literal(None))
    return all_of([parse(field.visible), empty]) if field.visible else empty


class _Reading:
    """Where each figure stands in a group's row."""

    def __init__(self, fields: Sequence[Field], rules: int, *, has_wrong: bool) -> None:
        self._fields = fields
        self._rules = rules
        self._wrong = has_wrong

    def breaking(self, group: Group) -> tuple[int, ...]:
        first = 1 + self._wrong
        return tuple(group.figures[first : first + self._rules])

    def filled(self, group: Group) -> list[tuple[int, int]]:
        """Of each field: how many records should have it, and how many lack it."""
        at, found = 1 + self._wrong + self._rules, []
        for field in self._fields:
            empty, of = group.figures[at], group.count
            at += 1
            if field.visible:
                of = group.figures[at]
                at += 1
            found.append((of, empty))
        return found

    def line(self, group: Group, key: Any) -> Line:
        pairs = self.filled(group)
        asked = sum(of for of, _empty in pairs)
        wrong = group.figures[1] if self._wrong else 0

        def share(part: int, of: int) -> float | None:
            return (of - part) / of * 100 if of else None

        return Line(
            key=key, records=group.count, complete=share(sum(empty for _of, empty in pairs), asked),
            valid=share(wrong, group.count), fresh=share(group.figures[0], group.count),
        )  # fmt: skip
