"""The short way for international numbers says what the library says."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relata.engine.metadata.fields.phone_numbers import _long_way, e164

CODES = st.sampled_from([str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE])


@settings(max_examples=100, deadline=None)
@given(CODES, st.text(alphabet="0123456789", min_size=2, max_size=14), st.integers(0, 6), st.sampled_from(" -/.("))
def test_international_numbers_are_what_the_library_makes_of_them(code: str, national: str, at: int, mark: str) -> None:
    text = f"+{code}{national[:at]}{mark}{national[at:]}"
    assert e164(text, "DE") == _long_way(text, "DE")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+49 30 901820", "+4930901820"),
        ("030 901820", "+4930901820"),
        ("+49 (0) 30 901820", "+4930901820"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+39 02 36618 300", "+390236618300"),
        ("12345 ext. 6", "12345 ext. 6"),
    ],
)
def test_known_numbers(text: str, expected: str) -> None:
    assert e164(text, "DE") == expected
