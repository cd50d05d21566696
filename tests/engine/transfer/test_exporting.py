"""What leaves is what the person may see, harmless, and comes back unchanged."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relata.engine.formula import parse
from relata.engine.metadata.module import Grant, Role
from relata.engine.query.request import Query, parse_order
from relata.engine.transfer.csv_reader import CsvFile
from relata.engine.transfer.exporting import export_csv, export_jsonl
from relata.engine.transfer.guessing import guess
from relata.engine.transfer.importing import run_import
from relata.foundation.errors import Denied
from relata.testing.house import House


async def exported(house: House, query: Query, who: UUID | None = None) -> str:
    return "".join([piece async for piece in export_csv(house.door, house.key, who, query)])


async def test_writes_the_records_that_the_query_finds_in_its_order(house: House) -> None:
    async with house.system() as work:
        for name, employees in (("A", 1), ("B", 3), ("C", 2)):
            await work.create("account", {"name": name, "employees": employees})
    query = Query("account", parse("employees > 1"), parse_order("-employees"), ("name", "employees", "contact_count"))
    assert await exported(house, query) == "name,employees,contact_count\r\nB,3,0\r\nC,2,0\r\n"


async def test_all_pages_come(house: House) -> None:
    async with house.system() as work:
        await work.create_many("account", [{"name": f"A{index}"} for index in range(1203)])
    lines = (await exported(house, Query("account", fields=("name",), order=parse_order("name")))).splitlines()
    assert len(set(lines)) == 1204


async def test_formulas_are_made_harmless(house: House) -> None:
    async with house.system() as work:
        await work.create("account", {"name": "=cmd|' /C calc'!A0", "description": "@x", "employees": 5})
    text = await exported(house, Query("account", fields=("name", "description", "employees")))
    assert list(csv.reader(io.StringIO(text)))[1] == ["'=cmd|' /C calc'!A0", "'@x", "5"]


async def test_hidden_fields_are_absent_and_masked_ones_masked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await house.person("Ada", "half_blind")
    async with house.system() as work:
        await work.create("account", {"name": "A", "tax_number": "DE1", "legal_name": "A Ltd"})
    context = await house.door.context(house.key)
    grant = Grant("all", fields={"tax_number": "none", "legal_name": "masked"})
    role = Role("half_blind", grants={"*": grant, "account": grant}, permissions=("export_records",))
    monkeypatch.setitem(context.registry.roles, "half_blind", role)
    house.door.actors.clear()
    rows = list(csv.DictReader(io.StringIO(await exported(house, Query("account"), ada))))
    assert rows[0]["legal_name"] == "•••"
    assert "tax_number" not in rows[0]


async def test_nobody_exports_without_the_permission(house: House) -> None:
    rita = await house.person("Rita", "reader")
    with pytest.raises(Denied):
        await exported(house, Query("account"), rita)


async def test_exports_are_logged(house: House) -> None:
    await exported(house, Query("account", fields=("name",)))
    async with house.system() as work:
        rows = await work.unit.connection.fetch(
            f"select object, after from {work.context.schema}._change where action = 'exported'"
        )
    assert rows == [("account", {"fields": ["name"]})]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30)
WORDS = TEXTS.filter(lambda text: text.strip() != "")
EMAILS = st.lists(
    st.fixed_dictionaries(
        {
            "value": st.from_regex(r"[a-z]{1,8}@example\.com", fullmatch=True),
            "label": st.sampled_from(("", "work", "a;b")),
        }
    ),
    max_size=3,
    unique_by=lambda item: item["value"],
)
ACCOUNTS = st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        "type": st.sampled_from(("customer", "partner")),
        "description": TEXTS,
        "email": EMAILS,
        "website": st.just(["https://example.com/a;b", "https://example.org"]),
        "phone": st.just(["+4930901820"]),
        "employees": st.integers(0, 10**9),
        "annual_revenue": st.builds(
            lambda amount, currency: {"amount": str(amount), "currency": currency},
            st.decimals(0, 10**9, places=4), st.sampled_from(("EUR", "USD")),
        ),
        "tags": st.lists(WORDS, max_size=3),
        "billing_address": st.fixed_dictionaries({}, optional={"street": TEXTS, "city": TEXTS, "country": TEXTS}),
        "do_not_contact": st.booleans(),
    },
)  # fmt: skip
CONTACTS = st.fixed_dictionaries(
    {"name": st.fixed_dictionaries({"last": WORDS}, optional={"first": TEXTS, "salutation": TEXTS})},
    optional={
        "birthday": st.dates(date(1900, 1, 1)),
        "email": EMAILS,
        "lifecycle_stage": st.none(),
        "job_title": TEXTS,
    },
)


async def round_trip(house: House, folder: Path, object_name: str, records: list[dict[str, Any]]) -> tuple[str, str]:
    """What an export says, and what another one says after that file went into an emptied workspace."""
    query = Query(object_name, order=parse_order("reference"))
    async with house.system() as work:
        done = await work.create_many(
            object_name, [{**record, "reference": f"r{at:03}"} for at, record in enumerate(records)]
        )
    assert [outcome.problems for outcome in done] == [()] * len(records)
    before = await exported(house, query)
    async with house.system() as work:
        for outcome in done:
            assert outcome.id is not None
            await work.delete((object_name, outcome.id))
    path = folder / "export.csv"
    path.write_text(before, encoding="utf-8", newline="")
    async with house.system() as work:
        mapping = guess(work.registry.get(object_name), CsvFile(path).columns, match=("reference",))
    report = await run_import(house.door, house.key, None, path, mapping)
    assert report.counts["created"] == len(records), report.notes
    return before, await exported(house, query)


def without_identity(text: str) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    return [{name: cell for name, cell in row.items() if name not in ("id", "number")} for row in rows]


@pytest.mark.parametrize(("object_name", "records"), [("account", ACCOUNTS), ("contact", CONTACTS)])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_import_then_export_is_the_identity(
    house: House, tmp_path: Path, object_name: str, records: Any, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(records, min_size=1, max_size=4))
    async with house.system() as work:  # what the example before left
        await work.unit.connection.execute(f"delete from {work.context.schema}.{object_name}")
    before, after = await round_trip(house, tmp_path, object_name, chosen)
    assert without_identity(after) == without_identity(before)


async def test_json_lines_hold_every_field_that_the_reader_may_see(house: House) -> None:
    async with house.system() as work:
        await work.create("account", {"name": "Nord", "annual_revenue": "12.50 EUR", "employees": 3})
    text = "".join([piece async for piece in export_jsonl(house.door, house.key, None, Query("account"))])
    (row,) = [json.loads(line) for line in text.splitlines()]
    assert (row["name"], row["employees"], row["annual_revenue"]["currency"]) == ("Nord", 3, "EUR")
