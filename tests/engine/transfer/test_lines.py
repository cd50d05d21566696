"""What PostgreSQL writes is what Python would: every type of field, byte for byte."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.interfaces.rest.specimen import MODULE, SPECIMEN, modules

from relata.engine.metadata.module import Module
from relata.engine.query.request import Query, parse_order
from relata.engine.transfer import exporting
from relata.engine.transfer.csv_lines import csv_line
from relata.engine.transfer.json_lines import json_line
from relata.engine.transfer.parquet_export import export_parquet
from relata.engine.transfer.resuming import cut
from relata.engine.workspace.lines import shape_of
from relata.foundation.errors import Invalid
from relata.testing.house import House


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """With one object that has a field of every type."""
    return (*modules(), MODULE)


#: What spreadsheets, CSV, JSON and regular expressions care about comes up often.
LETTERS = st.one_of(
    st.sampled_from(list("=+-@'\",;[]\\%\r\n\t \x0b\x1c\x7f\x85\xa0\u2028\u3000\uff1d\uff20aZ09ß")),
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
)
TEXTS = st.one_of(st.text(LETTERS, min_size=1, max_size=8), st.from_regex(r"-[0-9]{1,3}(\.[0-9])?", fullmatch=True))
WORDS = TEXTS.filter(lambda text: text.strip() != "")


def entries(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    one = st.fixed_dictionaries({"value": values, "label": st.one_of(st.just(""), TEXTS)})
    return st.lists(one, max_size=3, unique_by=lambda item: item["value"])


RECORDS = st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        "note": TEXTS,
        "story": TEXTS,
        "is_good": st.booleans(),
        "pieces": st.integers(0, 1000),
        "length": st.decimals(-(10**14), 10**14, places=3),
        "share": st.decimals(0, 100, places=2),
        "price": st.builds(
            lambda amount, currency: {"amount": str(amount), "currency": currency},
            st.decimals(-(10**10), 10**10, places=4), st.sampled_from(("EUR", "JPY")),
        ),
        "born_on": st.dates(date(1, 1, 1)),
        "seen_at": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
        "effort": st.integers(-(10**9), 10**9),
        "kind": st.sampled_from(("small", "large")),
        "marks": st.lists(st.sampled_from(("red", "blue")), max_size=2, unique=True),
        "stars": st.integers(1, 5),
        "words": st.lists(WORDS, max_size=3),
        "mails": entries(st.from_regex(r"[a-z]{1,8}@example\.com", fullmatch=True)),
        "phones": entries(st.sampled_from(("+4930901820", "112", "1;2;3", "[123"))),
        "pages": entries(st.sampled_from(("https://example.com/a;b", "https://example.org/?a=\u00e9,%20"))),
        "place": st.fixed_dictionaries({}, optional={"street": TEXTS, "city": TEXTS}),
        "keeper": st.fixed_dictionaries({"last": WORDS}, optional={"first": TEXTS, "salutation": TEXTS}),
        "spot": st.fixed_dictionaries(
            {"lat": st.decimals(-90, 90, places=5).map(str), "lng": st.integers(-180, 180)}
        ),
    },
)  # fmt: skip
PATHS = tuple(field.name for field in SPECIMEN.fields if field.type_name != "json" and not field.sensitivity)
#: Floats are Python's, and of decimals below a millionth it writes an exponent, which a formula's nought has, too.
IN_JSON = tuple(name for name in PATHS if name not in ("spot", "doubled"))


async def both(house: House, query: Query, form: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The file by PostgreSQL, and by Python."""

    async def written() -> str:
        return "".join([one async for one in exporting.export_records(house.door, house.key, None, query, form)])

    by_postgres = await written()
    with monkeypatch.context() as patched:
        patched.setattr(exporting, "csv_line", lambda shape: None)
        patched.setattr(exporting, "json_line", lambda shape: None)
        return by_postgres, await written()


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(records=st.lists(RECORDS, min_size=1, max_size=12))
async def test_postgres_writes_what_python_would(
    house: House, monkeypatch: pytest.MonkeyPatch, records: list[dict[str, Any]]
) -> None:
    async with house.system() as work:
        await work.unit.connection.execute(f"delete from {work.context.schema}.specimen")
        account = await work.create("account", {"name": 'Nord, "West"\n'})
        done = await work.create_many("specimen", records)
        assert [one.problems for one in done] == [()] * len(records)
        first, last = done[0].id, done[-1].id
        about = {"object": "account", "id": str(account.id)}
        assert isinstance(last, UUID)
        await work.change(("specimen", last), {"parent": first, "friends": [first], "about": about})
    further = ("parent.name", "place.city", "price.amount")
    for form, fields in (("csv", ("id", *PATHS, *further)), ("csv", ("note",)), ("jsonl", ("id", *IN_JSON, *further))):
        query = Query("specimen", fields=fields, order=parse_order("-pieces"))
        by_postgres, by_python = await both(house, query, form, monkeypatch)
        assert by_postgres == by_python


async def test_every_type_but_free_json_is_written_by_postgres(house: House) -> None:
    async with house.system() as work:
        assert csv_line(await shape_of(work, Query("specimen", fields=PATHS))) is not None
        assert json_line(await shape_of(work, Query("specimen", fields=(*IN_JSON, "doubled")))) is not None


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("written_by", ["postgres", "python"])
async def test_what_broke_off_goes_on(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, written_by: str
) -> None:
    async with house.system() as work:
        note = 'two\r\nlines, "quoted"\n00000000-0000-7000-8000-000000000000,x'
        await work.create_many("specimen", [{"name": f"N{at}", "note": note} for at in range(30)])
    if written_by == "python":
        monkeypatch.setattr(exporting, f"{form.removesuffix('l')}_line", lambda shape: None)
    query = Query("specimen", fields=("id", "name", "note"))
    whole = "".join([one async for one in exporting.export_records(house.door, house.key, None, query, form)]).encode()
    file = tmp_path / "export"
    for length in (len(whole) // 2, len(whole) // 2 + 31, len(whole) - 1):
        file.write_bytes(whole[:length])
        last = cut(file, form)
        rest = [one async for one in exporting.export_records(house.door, house.key, None, query, form, after=last)]
        assert file.read_bytes() + "".join(rest).encode() == whole
    ordered = Query("specimen", order=parse_order("name"))
    with pytest.raises(Invalid):
        await anext(exporting.export_records(house.door, house.key, None, ordered, form, after=last))


async def test_parquet_holds_numbers_days_and_moments_as_such(house: House) -> None:
    values = {"name": "Ä,b", "pieces": 7, "length": "-1.250", "price": "12.50 EUR", "born_on": "1969-12-31",
              "seen_at": "2026-11-21T09:30:00Z", "is_good": True}  # fmt: skip
    async with house.system() as work:
        await work.create_many("specimen", [values, {"name": "=1+1"}])
    fields = ("name", "pieces", "length", "price", "born_on", "seen_at", "is_good")
    query = Query("specimen", fields=fields, order=parse_order("-pieces"))
    file = b"".join([one async for one in export_parquet(house.door, house.key, None, query)])
    assert (file[:4], file[-4:]) == (b"PAR1", b"PAR1")
    footer = file[-8 - struct.unpack("<I", file[-8:-4])[0] : -8]
    assert all(name in footer for name in (b"price.amount", b"price.currency", b"born_on"))
    pages = []
    rest = file
    while (at := rest.find(b"\x1f\x8b\x08")) >= 0:
        reading = zlib.decompressobj(31)
        pages.append(reading.decompress(rest[at:]))
        rest = reading.unused_data
    name, pieces, length, amount, currency, born, seen, good = [page[4 + page[0] :] for page in pages]
    assert [page[4:6] for page in pages[:2]] == [b"\x03\x03", b"\x03\x01"]  # both have a name, the first has pieces
    assert name == b"\x04\0\0\0" + "Ä,b".encode() + b"\x04\0\0\0=1+1"
    assert pieces == struct.pack("<q", 7)
    assert (int.from_bytes(length, "big", signed=True), int.from_bytes(amount, "big")) == (-1250, 125000)
    assert (currency[4:], born, good) == (b"EUR", struct.pack("<i", -1), b"\x01")
    assert struct.unpack("<q", seen)[0] == int(datetime(2026, 11, 21, 9, 30, tzinfo=UTC).timestamp()) * 10**6
