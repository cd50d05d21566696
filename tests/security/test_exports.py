"""Spreadsheets that leave the product: no cell of CSV or XLSX is a formula, whatever was written into the record."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from tests.security.conftest import Town

from relata.engine.transfer.formula_guard import guarded, unguarded

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "\t=1+1",
    "\r=1+1", "\n=1+1", "  =1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "'=1+1", "''=1", '"=1+1', ";=1+1",
    "=1+1;=2+2", "\u00a0=1+1", "\u3000=1",
)  # fmt: skip
#: What a spreadsheet takes for a formula at the start of a cell.
RUNS = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_is_harmless_and_comes_back_as_it_was(text: str) -> None:
    assert not RUNS.match(guarded(text))
    assert unguarded(guarded(text)) == text


async def test_no_export_holds_a_formula(town: Town) -> None:
    ada = await town.browser("admin")
    async with town.house.system() as work:
        for text in FORMULAS:
            await work.create("specimen", {"name": f"x{text}"[:80], "note": text, "words": ["=1+1", "@x"]})
            await work.create("account", {"name": text.strip() or "x", "legal_name": text})
    for plural, columns in (("specimens", "name,note,words"), ("accounts", "name,legal_name")):
        answer = await ada.get(f"/{plural}/export.csv", params={"columns": columns})
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
        assert len(rows) > len(FORMULAS)
        assert [cell for row in rows for cell in row if RUNS.match(cell)] == []
        book = zipfile.ZipFile(
            io.BytesIO((await ada.get(f"/{plural}/export.xlsx", params={"columns": columns})).content)
        )
        sheets = [
            book.read(name).decode() for name in book.namelist() if "worksheets" in name and name.endswith(".xml")
        ]
        assert sheets
        assert all("<f" not in sheet and "hyperlink" not in sheet for sheet in sheets)
        assert not [name for name in book.namelist() if "external" in name.lower() or name.endswith(".bin")]
