"""Cohorts: what became, period by period, of the records that began in the same one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, any_of, negate, parse
from relata.engine.query.event_columns import FAR
from relata.engine.query.tabulation import Events, Figure
from relata.engine.reporting.definition import AGE_GRAINS, AGES, MAX_AGES, Cohort, Grouping
from relata.engine.reporting.event_figures import EventFigure, EventsAsked, counted, happened, share
from relata.engine.reporting.periods import begin, moved
from relata.engine.reporting.result import Cell, Head, Result
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

_FUNCTIONS = {"reached": "arrived", "active": "active", "open": "open"}


def cohort_asked(cohort: Cohort, rows: Grouping | None, nouns: str) -> EventsAsked:
    """rows: the level that says when a record began. nouns: what the records are called."""
    if rows is None or rows.grain not in AGE_GRAINS:
        text = _("Group the rows by the day, week, month, quarter or year in which the records began.")
        raise Invalid(text, code="report", field="cohort.rows")
    if cohort.shows not in AGES or not 1 <= cohort.periods <= MAX_AGES:
        text = _("A cohort is followed over 1 to %(most)s periods.") % {"most": MAX_AGES}
        raise Invalid(text, code="report", field="cohort")
    if cohort.shows == "active" and not cohort.events:
        raise Invalid(_("Choose the list of what records do again and again."), code="report", field="cohort.events")
    steps = (parse(cohort.where),) if cohort.where.strip() and cohort.events else ()
    since = parse(rows.expression) if rows.expression.strip() else Path(tuple(rows.path.split(".")))
    at = Path(tuple(cohort.at.split(".")))
    events = Events(cohort.events, at, steps, cohort.shows, since, rows.grain)
    return EventsAsked(events, tuple(_figures(cohort, nouns)))


def _figures(cohort: Cohort, nouns: str) -> Iterator[EventFigure]:
    function = _FUNCTIONS[cohort.shows]
    yield counted("records", nouns, Figure("count"), None)
    for age in range(cohort.periods + 1):
        yield counted(f"a{age}", str(age), Figure(function, step=age), None)
    for age in range(cohort.periods + 1):
        yield share(f"p{age}", f"{age} %", f"a{age} / records", None)


def aged(work: Workspace, result: Result) -> Result:
    """The answer without what has not come yet, each total only over the cohorts that are old enough for it, and with
    the conditions of its cells."""
    cohort, grain = result.definition.cohort, result.definition.rows[0].grain
    assert cohort is not None
    present = begin(work.clock.today, grain)
    ages = range(cohort.periods + 1)
    rows = {place: day for place in result.row_leaves if (day := _day(result.rows[place])) is not None}
    told = {
        (place, age)
        for place, day in rows.items()
        for age in ages
        if moved(day, grain, age) <= present and (cohort.shows != "active" or _is_near(day, grain, present))
    }
    cells, total = dict(result.cells), len(result.rows) - 1
    for place in result.row_leaves:
        cell = cells.get((place, 0))
        if cell is not None:
            kept = [(place, age) in told for age in ages]
            cells[place, 0] = _only(cell, [True, *kept, *kept])
    if result.row_levels and (total, 0) in cells:
        cells[total, 0] = _summed(result, cells[total, 0], told, len(ages))
    own = {
        (place, 1 + age + side): _condition(cohort, rows[place], grain, age)
        for place, age in told
        for side in (0, len(ages))
    }
    for age in ages:
        parts = [all_of([*result.drills.rows[place], own[place, 1 + age]]) for place in rows if (place, age) in told]
        if parts:
            own[total, 1 + age] = own[total, 1 + age + len(ages)] = any_of(parts)
    drills = msgspec.structs.replace(result.drills, own=own)
    return msgspec.structs.replace(result, cells=cells, drills=drills)


def _day(head: Head) -> date | None:
    value = head.keys[0].value if head.keys else None
    return value if isinstance(value, date) else None


def _is_near(day: date, grain: str, present: date) -> bool:
    return moved(day, grain, FAR) >= present


def _only(cell: Cell, kept: list[bool]) -> Cell:
    values = tuple(value if is_kept else None for value, is_kept in zip(cell.values, kept, strict=True))
    return msgspec.structs.replace(cell, values=values)


def _summed(result: Result, cell: Cell, told: set[tuple[int, int]], ages: int) -> Cell:
    """The share of all records that are old enough: exact, of the counts and not of the shares."""
    counts: list[int | None] = []
    shares: list[Decimal | None] = []
    for age in range(ages):
        places = [place for place in result.row_leaves if (place, age) in told and (place, 0) in result.cells]
        whole = sum(result.cells[place, 0].count for place in places)
        part = sum(int(_number(result.cells[place, 0].values[1 + age])) for place in places)
        counts.append(part if places else None)
        shares.append(Decimal(100) * part / whole if whole else None)
    return msgspec.structs.replace(cell, values=(cell.values[0], *counts, *shares))


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _condition(cohort: Cohort, day: date, grain: str, age: int) -> Node:
    """What holds for those of one cohort's records that count at an age."""
    at = Path(tuple(cohort.at.split(".")))
    before = Binary("<", at, _literal(moved(day, grain, age + 1)))
    if cohort.shows == "active":
        node = all_of([Binary(">=", at, _literal(moved(day, grain, age))), before])
    else:
        node = before
    if cohort.events:
        if cohort.where.strip():
            node = all_of([parse(cohort.where), node])
        node = happened(cohort.events, node)
    return negate(node) if cohort.shows == "open" else node


def _literal(day: date) -> Node:
    return Call("date", (Literal(day.isoformat()),))
