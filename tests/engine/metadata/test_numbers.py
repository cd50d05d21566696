"""A number that somebody typed is the number they meant, or it is refused."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.metadata.fields import ParseContext
from relata.engine.metadata.fields.numbers import DecimalField
from relata.foundation.errors import Invalid

FIELD = DecimalField("rate", label="Rate", places=2)
CONTEXT = ParseContext("EUR", "DE")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.5", "12.5"), ("12,5", "12.5"), ("1,234", "1234"), ("1.234,50", "1234.5"), ("1,234.50", "1234.5"),
        ("1.234.567", "1234567"), ("1 234 567,8", "1234567.8"), ("1'234.50", "1234.5"), ("12,34,567", "1234567"),
        ("-1,234", "-1234"), ("- 5", "-5"), ("+7", "7"), (".5", "0.5"), ("1\u202f234", "1234"),
    ],
)  # fmt: skip
def test_reads_how_people_write(text: str, number: str) -> None:
    assert FIELD.parse(text, CONTEXT) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["1..2", "1.2.3", "1,2,3", "1 2", "1,,234", "1,23.5", "12.34.567,8.9", "1.234,5,6", ",,1", "1_000", "1.5,234.7",
     "1234,567,890", "0.5 5", "", ".", ",", "-", "1-2"],
)  # fmt: skip
def test_refuses_what_could_mean_something_else(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        FIELD.parse(text, CONTEXT)
    assert refused.value.field == "rate"


@given(
    st.decimals(min_value=-(10**14), max_value=10**14, places=2),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("'", "."), ("", "."), ("", ",")]),
)
def test_every_way_of_grouping_reads_back(number: Decimal, marks: tuple[str, str]) -> None:
    text = f"{number:,.2f}".replace(",", "g").replace(".", marks[1]).replace("g", marks[0])
    assert FIELD.parse(text, CONTEXT) == number


@given(st.text("0123456789.,' ", min_size=1, max_size=12))
def test_no_mark_is_dropped_that_is_not_between_groups(text: str) -> None:
    """What is read has all the digits that were typed, and as many after its decimal mark as before."""
    try:
        number = DecimalField("rate", label="Rate", places=12).parse(text, CONTEXT)
    except Invalid:
        return
    marks = [at for at, letter in enumerate(text.strip()) if letter in ".,"]
    tail = len(text.strip()) - marks[-1] - 1 if marks else 0
    digits = Decimal("".join(letter for letter in text if letter.isdigit()))
    assert number in {digits, digits.scaleb(-tail)}
    if len(marks) > 1:
        assert all(right - left in (3, 4) for left, right in pairwise(marks))
