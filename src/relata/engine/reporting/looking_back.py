"""Reports as they would have been on a past day: the moment that counts, what to know about it, and the records behind
a number, which no list of today can show."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.metadata.fields import MoneyField
from relata.engine.query.operand import groups_by
from relata.engine.query.past_rows import has_past
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.engine.reporting.result import Note, Result
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


def end_of(work: Workspace, day: date) -> datetime:
    """The last moment of a day where the person is; Invalid for a day that is not over."""
    if day >= work.clock.today:
        raise Invalid(_("Choose a day that is over."), code="as_on", field="as_on")
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(work.actor.zone)) - timedelta(microseconds=1)


def looked_back(result: Result, day: date) -> Result:
    """With what one must know about it."""
    text = _(
        "The records as they were on that day, seen with your rights of today. What was deleted since is not in it;"
        " what they link to, and rates, are those of today."
    )
    return msgspec.structs.replace(result, as_on=day, notes=(Note(kind="as_on", text=text), *result.notes))


def behind(work: Workspace, name: str, where: str) -> Definition:
    """The report that lists records one by one: each with its column on the board, its owner and its amounts. Asked as
    on a day it tells what they were then. NotFound for an object that the person may not read."""
    one = work.readable_object(name)
    board = work.layout(name).board
    paths = dict.fromkeys((*([board.by] if board is not None else []), "owner"))
    scope = FieldScope(work.registry, one, work.actor)
    amounts = [
        Measure(function="sum", path=field.name, label=field.title)
        for field in one.all_fields.values()
        if isinstance(field, MoneyField)
        and not field.read_only
        and has_past(one, field)
        and work.actor.readable(one, field)
    ]
    return Definition(
        object=name, where=where, totals=False,
        rows=(Grouping(path="id"), *(Grouping(path=path) for path in paths if groups_by(scope, path)))[:3],
        measures=tuple(amounts[:3]) or (Measure(),),
    )  # fmt: skip
