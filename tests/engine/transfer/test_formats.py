"""Files of other kinds become tables, or are refused with a sentence."""

from __future__ import annotations

import csv
import datetime
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from relata.engine.calendars.tables import CALENDARS
from relata.engine.transfer.csv_reader import CsvFile
from relata.engine.transfer.wizard.formats import workbooks
from relata.engine.transfer.wizard.formats.converting import tables_of
from relata.foundation.errors import Invalid


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_each_sheet_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("People")
    sheet.write_row(0, 0, ["Name", "Born", "Phone", "Share", "Here"])
    sheet.write(1, 0, "Ada")
    sheet.write_datetime(1, 1, datetime.datetime(1975, 12, 10), book.add_format({"num_format": "dd.mm.yyyy"}))  # noqa: DTZ001
    sheet.write_row(1, 2, [4930901820123, 12.5, True])
    book.add_worksheet("Empty")
    book.add_worksheet("Firms").write_row(0, 0, ["Name"])
    book.close()
    found = tables_of(path, "book.xlsx", tmp_path)
    assert [table.name for table in found] == ["book.xlsx: People", "book.xlsx: Firms"]
    assert rows(found[0].path)[1] == ["Ada", "1975-12-10", "4930901820123", "12.5", "true"]


def test_json_lines_are_a_table_with_the_keys_of_all_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"name": "Ada", "address": {"city": "Berlin"}, "tags": ["a", "b"]}\n\n{"name": "Bo", "age": 7}\n')
    table = rows(tables_of(path, "lines.jsonl", tmp_path)[0].path)
    assert table == [
        ["name", "address.city", "tags", "age"],
        ["Ada", "Berlin", '["a","b"]', ""],
        ["Bo", "", "", "7"],
    ]


def test_a_card_is_a_row_and_a_broken_one_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ada Lovelace\nN:Lovelace;Ada;;;\nEMAIL:a@example.com\nEMAIL:b@example.com\n"
    card += "TEL;TYPE=CELL:+49 170 1\nPHOTO;ENCODING=b:AAAA\n BBBB\nEND:VCARD\n"
    path.write_text(f"{card}BEGIN:VCARD\nVERSION:3.0\nN;;;:\x01\nEND:VCARD\n{card}", encoding="utf-8")
    table = rows(tables_of(path, "cards.vcf", tmp_path)[0].path)
    found = dict(zip(table[0], table[1], strict=True))
    assert (found["First name"], found["Last name"], found["E-mail"]) == (
        "Ada", "Lovelace", "a@example.com;b@example.com",
    )  # fmt: skip
    assert len(table) == 4


def test_a_broken_property_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "phone.vcf"
    note = "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=91=\n=C3\n"
    name, phone = "N;CHARSET=UTF-8:Muster;Anna;;;\n", "TEL;CELL:+49 170 2\n"
    card = f"BEGIN:VCARD\nVERSION:2.1\nPROFILE:VCard\n{name}{note}{phone}END:VCARD\n"
    path.write_text(card, encoding="utf-8")
    table = rows(tables_of(path, "phone.vcf", tmp_path)[0].path)
    found = dict(zip(table[0], table[1], strict=True))
    assert (found["Last name"], found["Mobile"].lstrip("'"), found["Note"]) == ("Muster", "+49 170 2", "")


def _zip(path: Path, *names: str, size: int = 10) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            with file.open(name, "w", force_zip64=True) as member:
                for _piece in range(0, size, 1_000_000):
                    member.write(b"0" * min(size, 1_000_000))
    return path


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        (("xl/workbook.xml", "xl/externalLinks/externalLink1.xml"), "external_links"),
        (("xl/workbook.xml",), "unreadable"),
        (("word/document.xml",), "unreadable"),
    ],
)
def test_what_could_execute_or_is_no_workbook_is_refused(tmp_path: Path, names: tuple[str, ...], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        tables_of(_zip(tmp_path / "book.xlsx", *names), "book.xlsx", tmp_path)
    assert refused.value.code == code


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 5_000_000)
    with pytest.raises(Invalid, match="too large"):
        tables_of(_zip(tmp_path / "b.xlsx", "xl/workbook.xml", size=6_000_000), "b.xlsx", tmp_path)


def test_ten_thousand_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write_row(0, 0, [f"c{at}" for at in range(10_000)])
    book.close()
    with pytest.raises(Invalid) as refused:
        tables_of(path, "wide.xlsx", tmp_path)
    assert refused.value.code == "too_many_columns"


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"\x89PNG\r\n", b"\x7fELF\x02\x01\x01" + bytes(40), b"   "])
def test_what_is_no_table_is_said_to_be_none(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(head)
    with pytest.raises(Invalid):
        tables_of(path, "file.csv", tmp_path)


def test_an_event_of_a_calendar_is_a_row_and_a_broken_one_says_why(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:=Visit\r\nDTSTART:20260301T090000Z\r\n"
        "DTEND:20260301T100000Z\r\nATTENDEE:mailto:ann@example.com\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Odd\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (table,) = tables_of(path, "my.ics", tmp_path, (CALENDARS,))
    first, second = [row.cells for row in CsvFile(table.path).rows()]
    assert (first["Subject"], first["Start"]) == ("=Visit", "2026-03-01T09:00:00+00:00")
    assert (first["Participants"], second["Description"]) == ("ann@example.com", "It has no start.")


def test_a_billion_laughs_are_refused(tmp_path: Path) -> None:
    calm, laughing = tmp_path / "calm.xlsx", tmp_path / "laughing.xlsx"
    book = xlsxwriter.Workbook(str(calm))
    book.add_worksheet().write_column(0, 0, ["Name", "LAUGH"])
    book.close()
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    with zipfile.ZipFile(calm) as packed, zipfile.ZipFile(laughing, "w") as other:
        for name in packed.namelist():
            text = packed.read(name).decode().replace("LAUGH", "&l9;")
            other.writestr(name, text.replace("<sst", f'<!DOCTYPE sst [<!ENTITY l0 "lol">{laughs}]><sst'))
    with pytest.raises(Invalid) as refused:
        tables_of(laughing, "laughing.xlsx", tmp_path)
    assert (refused.value.code, len(tables_of(calm, "calm.xlsx", tmp_path))) == ("unreadable", 1)
