"""What the columns of a file are taken for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.transfer.test_exporting import exported, without_identity

from relata.engine.query.request import Query
from relata.engine.transfer.csv_reader import CsvFile
from relata.engine.transfer.importing import Options, run_rows
from relata.engine.transfer.wizard.dates import DateForms
from relata.engine.transfer.wizard.figures import NumberForms
from relata.engine.transfer.wizard.profile import profile_of
from relata.engine.transfer.wizard.proposing import propose, slips
from relata.testing.house import House


@pytest.mark.parametrize(
    ("texts", "forms"),
    [
        (("03/04/2020", "25/12/2020"), ("%d/%m/%Y",)),
        (("03/04/2020", "12/25/2020"), ("%m/%d/%Y",)),
        (("03/04/2020", "05/06/2020"), ("%d/%m/%Y", "%m/%d/%Y")),
        (("3.4.2020", "5.6.2020"), ("%d.%m.%Y",)),
        (("15 Apr, 2021 00:03:00",), ("%d %b, %Y %H:%M:%S",)),
        (("2020-03-04", "2020-03-05T10:00:00Z"), ()),
    ],
)
def test_the_whole_column_says_whether_the_day_comes_first(texts: tuple[str, ...], forms: tuple[str, ...]) -> None:
    found = DateForms()
    for text in texts:
        found.add(text)
    assert found.forms() == forms


@pytest.mark.parametrize(
    ("texts", "marks", "currency"),
    [
        (("1.234,50 €", "12"), (",",), "EUR"),
        (("$1,234.50", "$12.00"), (".",), "USD"),
        (("1.234", "2.345"), (".", ","), ""),
        (("12", "13"), (), ""),
        (("CHF 12.5",), (".",), "CHF"),
    ],
)
def test_the_whole_column_says_which_mark_is_decimal(
    texts: tuple[str, ...], marks: tuple[str, ...], currency: str
) -> None:
    found = NumberForms()
    for text in texts:
        found.add(text)
    assert (found.marks(), found.currency) == (marks, currency)


def test_a_slip_is_told_from_another_word() -> None:
    assert [slips("retial", "retail"), slips("technolgy", "technology"), slips("medical", "media")] == [1, 1, 2]


#: Texts that look like something else.
TEXTS = (
    "None",
    "1.234",
    "03/04/2020",
    "yes",
    "a;b",
    "[x]",
    "=1+1",
    "Doe, John",
    "+49 30 901820",
    "x@example.com",
    "n/a",
)
RECORDS = [
    {
        "name": text, "description": text, "employees": at, "do_not_contact": at % 2 == 0, "tags": [text, "b"],
        "annual_revenue": {"amount": f"{at}.125", "currency": "USD"}, "billing_address": {"city": text},
        "email": ["a@example.com", "b@example.com"][: at % 3],
    }
    for at, text in enumerate(TEXTS)
]  # fmt: skip


async def test_what_is_proposed_for_an_export_brings_it_back(house: House, tmp_path: Path) -> None:
    """Whatever the values look like, they are taken for what they are."""
    object_name = "account"
    async with house.system() as work:
        await work.create_many(object_name, RECORDS)
    before = await exported(house, Query(object_name))
    path = tmp_path / "file.csv"
    path.write_text(before, encoding="utf-8", newline="")
    file = CsvFile(path)
    async with house.system() as work:
        mapping = propose(work, work.registry.get(object_name), profile_of(file))
        await work.unit.connection.execute(f"delete from {work.context.schema}.{object_name}")
    report = await run_rows(house.door, house.key, None, file, mapping, Options())
    assert not report.counts["refused"], report.notes
    after = await exported(house, Query(object_name))
    pairs = zip(without_identity(after), without_identity(before), strict=True)
    assert [{n: (x[n], y[n]) for n in y if x[n] != y[n]} for x, y in pairs if x != y] == []
