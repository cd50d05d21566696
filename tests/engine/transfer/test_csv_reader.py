"""Files as people send them: every defect is told with its row, and costs that row alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.transfer.csv_reader import MAX_CELL, CsvFile, Row
from relata.engine.transfer.formula_guard import guarded, unguarded
from relata.foundation.errors import Invalid


def read(folder: Path, content: bytes | str) -> list[Row]:
    return list(opened(folder, content).rows())


def opened(folder: Path, content: bytes | str) -> CsvFile:
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return CsvFile(path)


def cells(rows: list[Row]) -> list[list[str]]:
    return [list(row.cells.values()) for row in rows]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_finds_the_separator(tmp_path: Path, separator: str) -> None:
    text = "name;town\nAda, Countess;London\nAlan|T;\n".replace(";", "\x01").replace(",", "").replace("|", "")
    assert cells(read(tmp_path, text.replace("\x01", separator))) == [["Ada Countess", "London"], ["AlanT", ""]]


def test_commas_inside_cells_do_not_hide_semicolons_between_them(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "name;price\nA;1,50\nB;2,75\n")) == [["A", "1,50"], ["B", "2,75"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_finds_the_encoding(tmp_path: Path, encoding: str) -> None:
    assert cells(read(tmp_path, "name,town\nJürgen,Köln\n".encode(encoding))) == [["Jürgen", "Köln"]]


def test_a_late_byte_decides_about_the_encoding(tmp_path: Path) -> None:
    content = b"name,town\n" + b"Ada,London\n" * 20_000 + b"J\xfcrgen,K\xf6ln\n"
    assert cells(read(tmp_path, content))[-1] == ["Jürgen", "Köln"]


def test_short_and_long_rows_are_told_with_row_and_column(tmp_path: Path) -> None:
    rows = read(tmp_path, "a,b,c\n1,2\n1,2,3,\n1,2,3,4\n")
    assert [(row.number, row.code, row.at) for row in rows] == [
        (2, "short_row", "c"),
        (3, "", ""),
        (4, "long_row", "column 4"),
    ]


def test_an_open_quote_costs_one_row(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\n1,"2\n3,4\n"5,5",6\n')
    assert [(row.number, row.line, row.code) for row in rows] == [(2, 2, "quotes"), (3, 3, ""), (4, 4, "")]
    assert cells(rows)[1:] == [["3", "4"], ["5,5", "6"]]


def test_an_open_quote_in_the_last_row_is_told(tmp_path: Path) -> None:
    assert [row.code for row in read(tmp_path, 'a,b\n1,2\n3,"4')] == ["", "quotes"]


def test_quoted_line_ends_stay_and_lines_are_counted(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\r\n"x\r\ny",2\r\n3,4\r\n')
    assert [(row.number, row.line) for row in rows] == [(2, 2), (3, 4)]
    assert cells(rows)[0] == ["x\r\ny", "2"]


def test_blank_rows_keep_their_numbers(tmp_path: Path) -> None:
    assert [(row.number, row.cells) for row in read(tmp_path, "a,b\n\n,\n1,2\n")][-1] == (4, {"a": "1", "b": "2"})


@pytest.mark.parametrize("content", ["", "\n\n", "a,a\n1,2\n"])
def test_a_file_needs_a_header(tmp_path: Path, content: str) -> None:
    with pytest.raises(Invalid):
        opened(tmp_path, content)


@given(st.text(alphabet="'=+-@\t\ra1.", max_size=6))
def test_the_guard_against_formulas_can_be_taken_off(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+49", "@SUM(A1)", "\tx", "\r=x", "-1+1", "-"])
def test_nothing_that_runs_leaves_unguarded(cell: str) -> None:
    assert guarded(cell).startswith("'")


def test_a_huge_cell_costs_its_row_alone(tmp_path: Path) -> None:
    rows = read(tmp_path, f"a,b\n1,{'x' * (MAX_CELL + 1)}\n2,y\n")
    assert [(row.number, row.code) for row in rows] == [(2, "quotes"), (3, "")]


def test_apostrophes_around_cells_and_rare_separators_are_found(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("'name'^'note'\n'O''Hara'^'a, b'\n")
    file = CsvFile(path)
    assert [row.cells for row in file.rows()] == [{"name": "O'Hara", "note": "a, b"}]
    path.write_text("'=name,note\nAda,'x'\n")
    assert CsvFile(path).form.quote == '"'
