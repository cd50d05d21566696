"""What is typed and what is stored meet in the same codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.search.words import MAX_TEXT, codes_for, codes_of, fold, parse, phone_digits, title_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "muller"),
        ("  ÉCOLE   Zürich\n", "ecole zurich"),
        ("Straße", "strasse"),
        ("Łódź Ørsted", "lodz orsted"),
        ("ﬁne", "fine"),
        ("Ελλάδα", "ελλαδα"),
        ("nul\x00byte", "nul byte"),
    ],
)
def test_folding_ignores_case_accents_and_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Anna  SCHMIDT", ("anna", "schmidt")),
        ("O'Neil-Smith", ("o", "neil", "smith")),
        ("anna.s@example.com", ("anna.s@example.com",)),
        ("@anna", ("anna",)),
        ("anna anna", ("anna",)),
        ("", ()),
        ("-", ()),
        ("***", ("***",)),
        ("a b c d e f g h i j", tuple("abcdefgh")),
    ],
)
def test_a_query_is_its_words(text: str, words: tuple[str, ...]) -> None:
    assert parse(text).words == words


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+49 30 901820", "4930901820"),
        ("0049 30/901820", "4930901820"),
        ("030 901820", "30901820"),
        ("+49 (0)30 90-18.20", "4930901820"),
        ("(030) 901820", "30901820"),
        ("12", ""),
        ("anna 030", ""),
        ("3.5.2024", "352024"),
    ],
)
def test_a_phone_number_is_its_digits_in_any_format(text: str, digits: str) -> None:
    assert phone_digits(text) == digits


def test_a_title_is_compared_by_its_words() -> None:
    assert title_words(fold("Müller & Söhne (GmbH)")) == "muller sohne gmbh"


@given(st.text(max_size=80), st.data())
def test_every_infix_of_a_word_is_in_the_codes_of_its_text(text: str, data: st.DataObject) -> None:
    chunks = [chunk for chunk in fold(text).split() if len(chunk) >= 3] or ["abc"]
    chunk = data.draw(st.sampled_from(chunks))
    start = data.draw(st.integers(0, len(chunk) - 3))
    end = data.draw(st.integers(start + 3, len(chunk)))
    assert set(codes_for("account", "name", chunk[start:end])) <= codes_of("account", "name", " ".join(chunks))


@given(st.text(max_size=300))
def test_folding_twice_changes_nothing_and_never_fails(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert len(folded) <= MAX_TEXT
    assert len(parse(text).words) <= 8


def test_fields_do_not_share_codes() -> None:
    assert not codes_of("account", "name", "schmidt") & codes_of("account", "notes", "schmidt")
    assert not codes_of("account", "name", "schmidt") & codes_of("contact", "name", "schmidt")
