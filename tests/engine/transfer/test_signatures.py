"""Signatures and vCards as people paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.transfer.signatures import Signature, read_signature

ENGLISH = """Best regards,
--
Dr. Nadia Berger
Head of Purchasing | Amber Labs Ltd.
T: +44 20 7946 0958 · M +44 7700 900123
Fax: +44 20 7946 0959
nadia.berger@amber-labs.example | www.amber-labs.example
12 Long Street, London"""
GERMAN = """Mit freundlichen Grüßen

Hans-Peter von der Tann
Leiter Einkauf
Rösterei Nord GmbH & Co. KG
Hafenstraße 12, 20457 Hamburg
Tel. 040 / 123 45 67
Mobil: 0171 1234567
E-Mail: tann@roesterei-nord.example"""
SHORT = """Marie Curie
Chief Scientist at Radium Institute
marie@radium.example
(212) 555-0187"""
CARD = """BEGIN:VCARD
VERSION:3.0
N:Lovelace;Ada;;;
FN:Ada Lovelace
ORG:Analytical Engines\\, Ltd;Research
TITLE:Programmer
TEL;TYPE=CELL:+44 7700 900999
TEL;TYPE=FAX:+44 1
EMAIL;TYPE=INTERNET:Ada@engines.exam
 ple
END:VCARD"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            ENGLISH,
            Signature(
                first="Nadia", last="Berger", job_title="Head of Purchasing", company="Amber Labs Ltd.",
                emails=("nadia.berger@amber-labs.example",),
                phones=(("+44 20 7946 0958", "work"), ("+44 7700 900123", "mobile")),
                websites=("www.amber-labs.example",),
            ),
        ),
        (
            GERMAN,
            Signature(
                first="Hans-Peter", last="von der Tann", job_title="Leiter Einkauf",
                company="Rösterei Nord GmbH & Co. KG", emails=("tann@roesterei-nord.example",),
                phones=(("040 / 123 45 67", "work"), ("0171 1234567", "mobile")),
            ),
        ),
        (
            SHORT,
            Signature(
                first="Marie", last="Curie", job_title="Chief Scientist", company="Radium Institute",
                emails=("marie@radium.example",), phones=(("(212) 555-0187", "work"),),
            ),
        ),
        (
            CARD,
            Signature(
                first="Ada", last="Lovelace", job_title="Programmer", company="Analytical Engines, Ltd",
                emails=("ada@engines.example",), phones=(("+44 7700 900999", "mobile"),),
            ),
        ),
    ],
    ids=("english", "german", "short", "card"),
)  # fmt: skip
def test_what_a_signature_says_is_recognised(text: str, found: Signature) -> None:
    assert read_signature(text) == found


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_signature(text)
    assert len(found.job_title) <= 160
