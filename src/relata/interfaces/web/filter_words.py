"""What operators, spans and groups of a filter are called."""

from __future__ import annotations

from collections.abc import Callable

from relata.foundation.i18n import gettext as _

_OPERATORS: dict[str, Callable[[], str]] = {
    "contains": lambda: _("contains"),
    "not_contains": lambda: _("does not contain"),
    "is": lambda: _("is"),
    "is_not": lambda: _("is not"),
    "starts": lambda: _("starts with"),
    "not_starts": lambda: _("does not start with"),
    "ends": lambda: _("ends with"),
    "not_ends": lambda: _("does not end with"),
    "one_of": lambda: _("is one of"),
    "none_of": lambda: _("is none of"),
    "empty": lambda: _("is empty"),
    "filled": lambda: _("is not empty"),
    "=": lambda: _("is"),
    "!=": lambda: _("is not"),
    ">": lambda: _("is more than"),
    ">=": lambda: _("is at least"),
    "<": lambda: _("is less than"),
    "<=": lambda: _("is at most"),
    "between": lambda: _("is between"),
    "not_between": lambda: _("is not between"),
    "yes": lambda: _("is yes"),
    "no": lambda: _("is no"),
    "on": lambda: _("is on"),
    "not_on": lambda: _("is not on"),
    "before": lambda: _("is before"),
    "until": lambda: _("is on or before"),
    "after": lambda: _("is after"),
    "since": lambda: _("is on or after"),
    "in": lambda: _("is in"),
    "not_in": lambda: _("is not in"),
    "last": lambda: _("is in the last"),
    "next": lambda: _("is in the next"),
    "me": lambda: _("is me"),
    "not_me": lambda: _("is not me"),
    "mine": lambda: _("is one of my teams"),
    "not_mine": lambda: _("is none of my teams"),
    "of_my_teams": lambda: _("is in my team"),
    "has_any": lambda: _("has any of"),
    "has_all": lambda: _("has all of"),
    "has_none": lambda: _("has none of"),
}
_LISTS: dict[str, Callable[[], str]] = {
    "has": lambda: _("at least one"),
    "has_none": lambda: _("not one"),
    "at_least": lambda: _("at least …"),
    "at_most": lambda: _("at most …"),
    "exactly": lambda: _("exactly …"),
}
_MODES: dict[str, Callable[[], str]] = {
    "all": lambda: _("All of these"),
    "any": lambda: _("Any of these"),
    "none": lambda: _("None of these"),
    "not_all": lambda: _("Not all of these"),
}
_SPANS: dict[str, Callable[[], str]] = {
    "yesterday": lambda: _("yesterday"),
    "today": lambda: _("today"),
    "tomorrow": lambda: _("tomorrow"),
    "last_week": lambda: _("last week"),
    "this_week": lambda: _("this week"),
    "next_week": lambda: _("next week"),
    "last_month": lambda: _("last month"),
    "this_month": lambda: _("this month"),
    "next_month": lambda: _("next month"),
    "last_quarter": lambda: _("last quarter"),
    "this_quarter": lambda: _("this quarter"),
    "next_quarter": lambda: _("next quarter"),
    "last_year": lambda: _("last year"),
    "this_year": lambda: _("this year"),
    "next_year": lambda: _("next year"),
    "last_fiscal_quarter": lambda: _("last fiscal quarter"),
    "this_fiscal_quarter": lambda: _("this fiscal quarter"),
    "next_fiscal_quarter": lambda: _("next fiscal quarter"),
    "last_fiscal_year": lambda: _("last fiscal year"),
    "this_fiscal_year": lambda: _("this fiscal year"),
    "next_fiscal_year": lambda: _("next fiscal year"),
    "past": lambda: _("the past"),
    "future": lambda: _("the future"),
}
_UNITS: dict[str, Callable[[], str]] = {
    "days": lambda: _("days"),
    "weeks": lambda: _("weeks"),
    "months": lambda: _("months"),
}


def operator_label(operator: str) -> str:
    """An operator as it stands between field and value."""
    return _OPERATORS[operator]()


def list_operator_label(operator: str) -> str:
    """What is asked of a related list."""
    return _LISTS[operator]()


def mode_label(mode: str) -> str:
    """How a group joins its conditions."""
    return _MODES[mode]()


def span_label(span: str) -> str:
    """A span of the calendar."""
    return _SPANS[span]()


def unit_label(unit: str) -> str:
    """Days, weeks, months."""
    return _UNITS[unit]()
