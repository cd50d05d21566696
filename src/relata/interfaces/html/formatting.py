"""Numbers, money, dates and times as people of a locale write them, quickly enough for 600 cells a page.

Babel knows the rules and is slow (10-20 microseconds a value), so its patterns are read once per locale
(`Locale` tables below) and each request gets a `Formatter` that only adds its time zone and its now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_timedelta
from babel.lists import format_list
from babel.numbers import format_compact_currency, format_compact_decimal, format_currency, format_decimal
from babel.units import format_unit

from relata.foundation.errors import Bug
from relata.foundation.i18n import gettext
from relata.foundation.money import MINOR_DIGITS, Money
from relata.interfaces.html.cldr import as_moment, compile_pattern

Number = int | float | Decimal
#: Nobody counts so many hours.
_IN_DAYS = 72
Day = date
Moment = datetime

#: Locales that put no separator into four digits (CLDR minimumGroupingDigits 2).
_FROM_FIVE_DIGITS = frozenset("es pl pt_PT it bg lv".split())


#: Own ways of writing: what stands between thousands and before decimals; patterns of days; patterns of times.
_NUMBER_STYLES = {
    "comma_dot": (",", "."),
    "dot_comma": (".", ","),
    "space_comma": ("\u202f", ","),
    "apostrophe_dot": ("’", "."),
}
_DATE_STYLES = {"iso": "yyyy-MM-dd", "dots": "dd.MM.yyyy", "slashes": "dd/MM/yyyy", "us": "MM/dd/yyyy"}
_CLOCKS = {"24": "HH:mm", "12": "h:mm a"}


class Numbers:
    """How a locale writes figures. Locales that do not group by threes, or not in 0-9, go through Babel."""

    def __init__(self, locale: Locale, style: str = "") -> None:
        self._locale = locale
        symbols = locale.number_symbols["latn"]
        group, point = _NUMBER_STYLES.get(style, (symbols["group"], symbols["decimal"]))
        usual = locale.decimal_formats[None].grouping == (3, 3) and locale.default_numbering_system == "latn"
        self._quick = usual or style in _NUMBER_STYLES
        self._translation = str.maketrans({",": group, ".": point, "-": symbols["minusSign"]})
        self._no_group_below: int = 10_000 if not style and _names(locale) & _FROM_FIVE_DIGITS else 0
        self._around: dict[str, tuple[str, str]] = {}

    def write(self, value: Number, digits: int) -> str:
        if not self._quick:
            return self._by_babel(value, digits)
        if -self._no_group_below < value < self._no_group_below:
            return f"{value:.{digits}f}".translate(self._translation)
        return f"{value:,.{digits}f}".translate(self._translation)

    def write_money(self, amount: Decimal, currency: str, digits: int) -> str:
        before, after = self._around.get(currency) or self._learn(currency)
        sign = "-".translate(self._translation) if amount < 0 else ""
        return f"{sign}{before}{self.write(abs(amount), digits)}{after}"

    def _by_babel(self, value: Number, digits: int) -> str:
        whole = self._locale.decimal_formats[None].pattern.split(";")[0].split(".")[0]
        return format_decimal(value, whole + ("." + "0" * digits if digits else ""), locale=self._locale)

    def _learn(self, currency: str) -> tuple[str, str]:
        """What stands before and after the figure, read off Babel's own rendering of a one."""
        sample = format_currency(1, currency, locale=self._locale)
        figure = re.search(r"\d[\d.,٫]*", sample)
        if figure is None:
            raise Bug(f"{currency} can't be written in {self._locale}.")
        before, after = sample[: figure.start()], sample[figure.end() :]
        found = (before + "\u00a0" if before[-1:].isalpha() else before), after
        self._around[currency] = found
        return found


def _names(locale: Locale) -> set[str]:
    return {str(locale), str(locale.language)}


class Dates:
    """How a locale writes days and times: compiled from its CLDR patterns."""

    def __init__(self, locale: Locale, style: str = "", clock: str = "") -> None:
        skeletons = locale.datetime_skeletons
        own = _DATE_STYLES.get(style)
        self.date = compile_pattern(own or skeletons["yMMMd"].pattern, locale)
        self.day_of_year = compile_pattern(own or skeletons["MMMd"].pattern, locale)
        self.weekday = compile_pattern("EEE", locale)
        self.month = compile_pattern(skeletons["yMMMM"].pattern, locale)
        self.time = compile_pattern(_CLOCKS.get(clock) or locale.time_formats["short"].pattern, locale)
        self.full = compile_pattern(locale.date_formats["full"].pattern, locale)
        joined = str(locale.datetime_formats["medium"])
        self.join = joined.replace("{1}", "%(date)s").replace("{0}", "%(time)s").replace("'", "")


@lru_cache(maxsize=256)
def _prepared(locale: str, numbers: str = "", dates: str = "", clock: str = "") -> tuple[Locale, Numbers, Dates]:
    parsed = Locale.parse(locale.replace("-", "_"))
    return parsed, Numbers(parsed, numbers), Dates(parsed, dates, clock)


class Formatter:
    """What a request formats with.

    locale: such as `en_GB`. zone: where the reader is; moments are shown in its wall time. now: "today" and
    "3 minutes ago" count from it. numbers, dates, clock: a person's own way of writing, where it is not that of the
    locale (`engine.identity.preferences.CHOICES`). currency: the workspace's own.
    """

    def __init__(
        self,
        locale: str = "en",
        zone: tzinfo | str = UTC,
        now: datetime | None = None,
        *,
        numbers: str = "",
        dates: str = "",
        clock: str = "",
        currency: str = "",
    ) -> None:
        self.currency = currency
        self.locale, self._numbers, self._dates = _prepared(locale, numbers, dates, clock)
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        self.now = (now or datetime.now(UTC)).astimezone(self.zone)
        self.today = self.now.date()

    def number(self, value: Number, digits: int | None = None) -> str:
        """digits: decimal places; without it those that the value has, at most six."""
        return self._numbers.write(value, _digits_of(value) if digits is None else digits)

    def percent(self, value: Number, digits: int = 0) -> str:
        """value: 0-100, as percent fields are kept."""
        return f"{self._numbers.write(value, digits)}\u00a0%" if self._spaced() else f"{self.number(value, digits)}%"

    def money(self, value: Money, *, whole: bool = False, trim: bool = False) -> str:
        """whole: rounded to full units, for lists where minor units only make noise. trim: without them when they
        are zero."""
        bare = whole or (trim and value.amount == value.amount.to_integral_value())
        digits = 0 if bare else MINOR_DIGITS.get(value.currency, 2)
        return self._numbers.write_money(value.amount, value.currency, digits)

    def own_money(self, value: Number) -> str:
        """An amount in the workspace's own currency, which is kept as a bare number."""
        amount = Decimal(value) if isinstance(value, int) else value
        if not self.currency or isinstance(amount, float):
            return self.number(value)
        return self.money(Money(amount, self.currency), trim=True)

    def compact(self, value: Money | Number) -> str:
        """`€1.2M`: for cards and totals; the full value belongs into a title."""
        if isinstance(value, Money):
            return format_compact_currency(value.amount, value.currency, locale=self.locale, fraction_digits=1)
        return format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def date(self, value: Day) -> str:
        """With its year: 3 Mar 2026."""
        return self._dates.date(as_moment(self._local(value)))

    def day(self, value: Day) -> str:
        """Short: Today, Tomorrow, Yesterday, 3 Mar in this year, 3 Mar 2024 otherwise."""
        moment = as_moment(self._local(value))
        distance = (moment.date() - self.today).days
        if abs(distance) <= 1:
            return _near(distance)
        return (self._dates.day_of_year if moment.year == self.today.year else self._dates.date)(moment)

    def month(self, value: Day) -> str:
        """With its year: March 2026."""
        return self._dates.month(as_moment(self._local(value)))

    def full_date(self, value: Day) -> str:
        """Tuesday, 3 March 2026, and the time where there is one: what a hover shows."""
        local = self._local(value)
        text = self._dates.full(as_moment(local))
        return f"{text}, {self._dates.time(local)}" if isinstance(local, Moment) else text

    def time(self, value: Moment) -> str:
        return self._dates.time(value.astimezone(self.zone))

    def wall_time(self, value: Moment) -> str:
        """A time that the person's own clock shows already."""
        return self._dates.time(value)

    def weekday(self, value: Day) -> str:
        """Short: Tue."""
        return self._dates.weekday(as_moment(value))

    def datetime(self, value: Moment) -> str:
        local = value.astimezone(self.zone)
        return self._dates.join % {"date": self.day(local), "time": self._dates.time(local)}

    def relative(self, value: Moment) -> str:
        """`3 hours ago` within a day, then as `day` writes it."""
        gap = value - self.now
        if abs(gap) < timedelta(minutes=1):
            return gettext("now")
        if abs(gap) < timedelta(hours=22):
            return format_timedelta(gap, add_direction=True, threshold=1.2, format="narrow", locale=self.locale)
        return self.day(value)

    def duration(self, value: timedelta | Number) -> str:
        """Hours and minutes: 1 h 30 min; from three days on whole days. value: a timedelta or seconds."""
        seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
        minutes, rest = divmod(abs(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if hours >= _IN_DAYS:
            return format_unit(round(seconds / 86_400), "day", "short", locale=self.locale)
        parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
        text = " ".join(parts) or f"{rest} s"
        return f"−{text}" if seconds < 0 else text

    def filesize(self, value: int) -> str:
        """Decimal units, as file managers show them."""
        size, units = float(value), ["B", "kB", "MB", "GB", "TB"]
        while size >= 1000 and len(units) > 1:
            size /= 1000
            units.pop(0)
        return f"{self._numbers.write(size, 1 if units[0] != 'B' and size < 10 else 0)} {units[0]}"

    def country(self, value: str) -> str:
        """`Germany` for `DE`; what is no code stays as it is."""
        return str(self.locale.territories.get(value.upper(), value)) if len(value) == 2 else value

    def sequence(self, values: list[str]) -> str:
        """`Ada, Bo and Cy` in the reader's language."""
        return format_list(values, locale=self.locale)

    def _local(self, value: Day) -> Day:
        return value.astimezone(self.zone) if isinstance(value, Moment) and value.tzinfo else value

    def _spaced(self) -> bool:
        return "\u00a0" in str(self.locale.percent_formats[None].pattern)


def _digits_of(value: Number) -> int:
    if isinstance(value, int):
        return 0
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return min(max(-exponent, 0), 6) if isinstance(exponent, int) else 0


def _near(days: int) -> str:
    if days == 0:
        return gettext("Today")
    return gettext("Tomorrow") if days > 0 else gettext("Yesterday")


_CURRENT: ContextVar[Formatter] = ContextVar("formatter")


def current() -> Formatter:
    """The formatter of the page being rendered. Raises Bug outside of a rendering."""
    try:
        return _CURRENT.get()
    except LookupError:
        raise Bug("A template was rendered without a formatter; render it through Templates.render.") from None


@contextmanager
def formatting_with(formatter: Formatter) -> Iterator[None]:
    """Filters used inside write as this formatter does."""
    token = _CURRENT.set(formatter)
    try:
        yield
    finally:
        _CURRENT.reset(token)
