"""Functions of dates and datetimes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from relata.engine.formula.checking import iso_date
from relata.engine.formula.function import Function, Walker, argument, refused
from relata.engine.formula.problems import refuse
from relata.engine.formula.tree import Call, Literal
from relata.engine.formula.typed import Const, Dynamic, Null, Operation, Typed
from relata.engine.formula.types import DATE, DATETIME, NUMBER, Kind
from relata.foundation.i18n import gettext as _


def _day(walker: Walker, call: Call, index: int) -> Typed:
    """The argument as a day; of a datetime, the day in the person's zone."""
    node = walker.value(call.args[index])
    kind = node.type.kind
    if kind is Kind.DATETIME:
        return Operation("local_day", (node,), DATE)
    converted = walker.checking.convert(node, DATE)
    if converted is None:
        raise refused(call, index, _("a date"), node.type)
    return converted


def _part(name: str) -> Callable[[Walker, Call], Typed]:
    return lambda walker, call: Operation(name, (_day(walker, call, 0),), NUMBER)


def _shift(day: str, moment: str) -> Callable[[Walker, Call], Typed]:
    def build(walker: Walker, call: Call) -> Typed:
        node = walker.value(call.args[0])
        count = argument(walker, call, 1, NUMBER)
        if node.type.kind is Kind.DATETIME:
            return Operation(moment, (node, count), DATETIME)
        converted = walker.checking.convert(node, DATE)
        if converted is None:
            raise refused(call, 0, _("a date or datetime"), node.type)
        return Operation(day, (converted, count), DATE)

    return build


def _days_between(walker: Walker, call: Call) -> Typed:
    return Operation("days_from_to", (_day(walker, call, 0), _day(walker, call, 1)), NUMBER)


def _date(walker: Walker, call: Call) -> Typed:
    text = _literal(call)
    if text is None:
        return _day(walker, call, 0)
    day = iso_date(text)
    if day is None:
        raise refuse(
            _('"%(text)s" is not a date') % {"text": text}, call.args[0].position, _('Write date("2026-01-31").')
        )
    return walker.checking.const(day, DATE)


def _datetime(walker: Walker, call: Call) -> Typed:
    text = _literal(call)
    if text is None:
        node = walker.value(call.args[0])
        if node.type.kind not in (Kind.DATE, Kind.DATETIME, Kind.NULL):
            raise refused(call, 0, _("a date"), node.type)
        return walker.checking.convert(node, DATETIME) or Null(DATETIME)
    const = walker.value(call.args[0])
    assert isinstance(const, Const)
    moment = walker.checking.moment(const, text)
    if moment is None:
        raise refuse(
            _('"%(text)s" is not a date with a time') % {"text": text},
            call.args[0].position,
            _('Write datetime("2026-01-31T14:30:00Z").'),
        )
    return moment


def _literal(call: Call) -> str | None:
    arg = call.args[0]
    return arg.value if isinstance(arg, Literal) and isinstance(arg.value, str) else None


def _today(steps: int) -> Callable[[Walker, Call], Typed]:
    today = Dynamic("today", DATE)
    if not steps:
        return lambda walker, call: today
    return lambda walker, call: Operation("shift_days", (today, walker.checking.const(Decimal(steps), NUMBER)), DATE)


TIME_FUNCTIONS = (
    Function("today()", "The current day in the person's time zone.", 0, 0, _today(0)),
    Function("yesterday()", "The day before today.", 0, 0, _today(-1)),
    Function("tomorrow()", "The day after today.", 0, 0, _today(1)),
    Function("now()", "The current moment.", 0, 0, lambda walker, call: Dynamic("now", DATETIME)),
    Function("date(value)", 'A day: date("2026-01-31"), or the day of a datetime.', 1, 1, _date),
    Function("datetime(value)", 'A moment: datetime("2026-01-31T14:30:00Z"), or the start of a day.', 1, 1, _datetime),
    Function("year(date)", "The year.", 1, 1, _part("year")),
    Function("quarter(date)", "The quarter of the calendar year, 1 to 4.", 1, 1, _part("quarter")),
    Function("month(date)", "The month, 1 to 12.", 1, 1, _part("month")),
    Function("day(date)", "The day of the month, 1 to 31.", 1, 1, _part("day")),
    Function("weekday(date)", "The day of the week, 1 for Monday to 7 for Sunday.", 1, 1, _part("weekday")),
    Function("days_between(from, to)", "How many days from one day to the other.", 2, 2, _days_between),
    Function("add_days(date, number)", "So many days later.", 2, 2, _shift("shift_days", "shift_moment_days")),
    Function(
        "add_months(date, number)",
        "So many months later, on the last day of a month that is too short.",
        2,
        2,
        _shift("shift_months", "shift_moment_months"),
    ),
)
