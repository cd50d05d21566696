"""The period of a dashboard: a span of days in the reader's calendar, and the one before it."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from relata.engine.formula import SPANS
from relata.foundation.clock import Clock
from relata.foundation.i18n import gettext as _

#: Those that one may pick, as the expression language calls them, with n where it counts.
NAMED = (
    "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter", "last_quarter",
    "this_year", "last_year", "this_fiscal_year", "last_fiscal_year",
)  # fmt: skip
COUNTED = {"last_7_days": 7, "last_30_days": 30, "last_90_days": 90, "last_365_days": 365}
_MOST_DAYS = 36_600


class Period(msgspec.Struct, frozen=True):
    """since: its first day; until: the first day after it. name: "" for one that was typed."""

    since: date
    until: date
    name: str = ""

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.until - self.since).days


def labels() -> dict[str, str]:
    """What the periods are called."""
    return {
        "today": _("Today"), "yesterday": _("Yesterday"), "this_week": _("This week"), "last_week": _("Last week"),
        "last_7_days": _("Last 7 days"), "this_month": _("This month"), "last_month": _("Last month"),
        "last_30_days": _("Last 30 days"), "this_quarter": _("This quarter"), "last_quarter": _("Last quarter"),
        "last_90_days": _("Last 90 days"), "this_year": _("This year"), "last_year": _("Last year"),
        "last_365_days": _("Last 365 days"), "this_fiscal_year": _("This fiscal year"),
        "last_fiscal_year": _("Last fiscal year"),
    }  # fmt: skip


def period_of(text: str, clock: Clock) -> Period | None:
    """From an address: a name, or two days such as 2026-01-01..2026-03-31, both of them in it. None for all time, and
    for what is none."""
    if text in COUNTED:
        return Period(clock.today - timedelta(days=COUNTED[text] - 1), clock.today + timedelta(days=1), text)
    if text in NAMED and text in SPANS:
        since, until = SPANS[text].days(clock, 1)
        return Period(since, until, text) if since and until else None
    first, _dots, last = text.partition("..")
    try:
        since, until = date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return Period(since, until) if 0 < (until - since).days <= _MOST_DAYS else None


def before(period: Period) -> Period:
    """As long a time right before it; whole months and years stay whole."""
    months = _months(period)
    if months:
        return Period(_shifted(period.since, -months), period.since)
    return Period(period.since - timedelta(days=period.days), period.since)


def so_far(period: Period, clock: Clock) -> Period:
    """Without the days that have not come yet, so that it can be compared fairly."""
    end = min(period.until, clock.today + timedelta(days=1))
    return period if end >= period.until or end <= period.since else msgspec.structs.replace(period, until=end)


def before_so_far(period: Period, clock: Clock) -> Period:
    """The period before, up to the same day: a month that is ten days old is compared with ten days."""
    former, now = before(period), so_far(period, clock)
    if now.until == period.until:
        return former
    return msgspec.structs.replace(former, until=min(former.since + timedelta(days=now.days), former.until))


def _months(period: Period) -> int:
    """How many whole months; 0 where it is none."""
    if period.since.day != 1 or period.until.day != 1:
        return 0
    return (period.until.year - period.since.year) * 12 + period.until.month - period.since.month


def _shifted(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
