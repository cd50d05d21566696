"""Texts: what counts as the same letter, and what PostgreSQL makes of every one of them."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import psycopg
import pytest
from tests.engine.formula.asking import answer

from relata.engine.formula.text_operations import capital, small


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('name contains "ÄPF"', {"name": "ein äpfelchen"}),
        ('name starts "STRASSE" or name starts "straße"', {"name": "StraßE 3"}),
        ('name ends "ΑΣ"', {"name": "xας".replace("ς", "σ")}),
        ('name contains "i"', {"name": "İ"}),
        ('name contains ""', {"name": ""}),
        ('upper(name) = "STRAßE"', {"name": "straße"}),
        ('trim(name) = "a b"', {"name": "\u00a0 a b\n"}),
        ('"Z" < "a" and "a" < "ä" and "ä" < "日"', {}),
        ('text(1200.50) + text(true) + text(date("2026-01-31")) = "1200.5true2026-01-31"', {}),
        ('text(datetime("2026-01-31T12:00:00Z")) = "2026-01-31 13:00"', {}),
        ('tags contains ("vip", "eu") and tags in ("late", "eu") and "vip" in tags', {"tags": ["eu", "vip"]}),
    ],
)
def test_is_true(text: str, values: dict[str, Any]) -> None:
    assert answer(text, **values) is True


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('name contains "e"', {"name": "é"}),
        ('name = "acme"', {"name": "Acme"}),
        ('name contains "%"', {"name": "abc"}),
        ('tags contains ("vip", "eu")', {"tags": ["vip"]}),
        ('tags in ("late")', {"tags": ["vip"]}),
    ],
)
def test_is_false(text: str, values: dict[str, Any]) -> None:
    assert answer(text, **values) is False


def test_postgresql_has_the_same_small_and_capital_letters(connection: psycopg.Connection[Any]) -> None:
    letters = [
        sign for sign in map(chr, range(1, sys.maxunicode + 1)) if unicodedata.category(sign) not in ("Cs", "Cn")
    ]
    query = (
        "select sign, lower(sign collate relata.cased), upper(sign collate relata.cased) from unnest(%s::text[]) sign"
    )
    others = [
        sign
        for sign, lowered, raised in connection.execute(query, [letters])
        if (lowered, raised) != (small(sign), capital(sign)) and is_known(lowered) and is_known(raised)
    ]
    assert others == []


#: Half characters, unknown and private ones, and letters of scripts that know no case.
WITHOUT_CASE = ("Cs", "Cn", "Co", "Lo")


def is_known(sign: str) -> bool:
    """This Python's Unicode has it; PostgreSQL's may be newer."""
    return unicodedata.category(sign) != "Cn"
