"""Numbers, money and dates agree with Babel, and read as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from relata.foundation.errors import Bug
from relata.foundation.money import Money
from relata.interfaces.html import formatting
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.initials import COLOURS, colour_of, initials

NOW = datetime(2026, 9, 17, 9, 42, tzinfo=UTC)
LOCALES = ["en", "en_GB", "de", "fr", "pt_BR", "hi", "ja", "tr"]


@pytest.mark.parametrize("locale", LOCALES)
@given(amount=st.decimals(-(10**12), 10**12, places=2))
def test_numbers_agree_with_babel(locale: str, amount: Decimal) -> None:
    assert Formatter(locale, "UTC", NOW).number(amount, 2) == format_decimal(
        amount, "#,##,##0.00" if locale == "hi" else "#,##0.00", locale=locale
    )


@pytest.mark.parametrize(("locale", "text"), [("es", "1000 10.000"), ("pl", "1000 10\u00a0000"), ("it", "1000 10.000")])
def test_some_languages_group_from_five_digits(locale: str, text: str) -> None:
    formatter = Formatter(locale, "UTC", NOW)
    assert f"{formatter.number(1000)} {formatter.number(10_000)}" == text


@pytest.mark.parametrize("locale", ["en", "en_GB", "de", "fr", "ja", "tr"])
@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "JPY"])
def test_money_agrees_with_babel(locale: str, currency: str) -> None:
    value = Money(Decimal("1234567.50") if currency != "JPY" else Decimal(1234567), currency)
    assert Formatter(locale, "UTC", NOW).money(value) == format_currency(value.amount, currency, locale=locale)


@pytest.mark.parametrize("locale", LOCALES)
@given(day=st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_full_dates_agree_with_babel(locale: str, day: date) -> None:
    assert Formatter(locale, "UTC", NOW).full_date(day) == format_date(day, "full", locale=locale)


def test_money_without_minor_units_where_they_are_zero() -> None:
    formatter = Formatter("en", "UTC", NOW)
    assert formatter.money(Money(Decimal("1200.00"), "EUR"), trim=True) == "€1,200"
    assert formatter.money(Money(Decimal("1200.10"), "EUR"), trim=True) == "€1,200.10"


def test_a_bare_amount_is_in_the_workspaces_currency_where_that_is_known() -> None:
    assert Formatter("en_GB", currency="EUR").own_money(Decimal("1234.50")) == "€1,234.50"
    assert Formatter("en_GB", currency="EUR").own_money(7) == "€7"
    assert Formatter("en_GB").own_money(Decimal("1234.50")) == "1,234.5"


def test_days_near_today_have_names_and_others_their_year_when_it_differs() -> None:
    formatter = Formatter("en_GB", "UTC", NOW)
    days = [date(2026, 9, 16), date(2026, 9, 17), date(2026, 9, 18), date(2026, 3, 3), date(2024, 3, 3)]
    assert [formatter.day(day) for day in days] == ["Yesterday", "Today", "Tomorrow", "3 Mar", "3 Mar 2024"]


def test_moments_are_shown_in_the_readers_zone() -> None:
    late = datetime(2026, 9, 17, 22, 30, tzinfo=UTC)
    assert Formatter("en_GB", "UTC", NOW).datetime(late) == "Today, 22:30"
    assert Formatter("en_GB", "Asia/Tokyo", NOW).datetime(late) == "Tomorrow, 07:30"


def test_relative_within_a_day_then_the_day() -> None:
    formatter = Formatter("en", "UTC", NOW)
    gaps = [timedelta(seconds=5), timedelta(minutes=12), timedelta(hours=3), timedelta(days=1)]
    assert [formatter.relative(NOW - gap) for gap in gaps] == ["now", "12m ago", "3h ago", "Yesterday"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(5400, "1 h 30 min"), (59, "59 s"), (-3600, "−1 h"), (0, "0 s"), (487 * 3600, "20 days")]
)
def test_durations(seconds: int, text: str) -> None:
    assert Formatter("en", "UTC", NOW).duration(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(999, "999 B"), (1_500, "1.5 kB"), (12_345_678, "12 MB")])
def test_file_sizes(size: int, text: str) -> None:
    assert Formatter("en", "UTC", NOW).filesize(size) == text


def test_rendering_without_a_formatter_is_a_bug() -> None:
    with pytest.raises(Bug):
        formatting.current()


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mara Lindqvist", "ML"), ("plato", "P"), ("Jean-Luc van der Berg", "JB"), ("", "?"), ("李小龙", "李")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text())
def test_colour_is_in_the_palette(key: str) -> None:
    assert 0 < colour_of(key) < COLOURS


def test_colour_of_an_id_never_changes() -> None:
    assert colour_of("0190f5f2-0000-7000-8000-000000000001") == 11
