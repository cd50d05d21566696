"""Rows as lines of CSV, written by PostgreSQL: quoted where they must be, harmless to spreadsheets, in the words of
`exporting`. Fields of which only Python knows the text are named by `None`."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from relata.engine.metadata.fields import (
    Address,
    AnyLink,
    AutoNumber,
    Boolean,
    Choice,
    Date,
    DateTime,
    DecimalField,
    Duration,
    Field,
    File,
    GeoPoint,
    Integer,
    Link,
    Links,
    MoneyField,
    MultiChoice,
    PersonName,
    Rating,
    Tags,
    Text,
)
from relata.engine.metadata.fields.contact import SeveralValues
from relata.engine.query.lines import Line
from relata.engine.query.result import MASK, Cell, Shape
from relata.engine.transfer import sql_texts as texts
from relata.engine.transfer.formula_guard import DANGEROUS_IN_SQL, NUMBER_IN_SQL

_COLUMN = re.compile(r"c\d+")
_END = "chr(13) || chr(10)"
#: Looked for one by one: a regular expression took half as long again.
_QUOTED_FOR = tuple(map(texts.literal, (",", '"', "\n", "\r")))
_DANGEROUS = texts.literal(DANGEROUS_IN_SQL)
_NUMBER = texts.literal(NUMBER_IN_SQL)


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell's text in SQL. is_plain: nothing in it needs quotes or could be a formula."""

    sql: str
    is_plain: bool = False


def csv_line(shape: Shape) -> Line | None:
    """The line of a row; None where a cell's text is Python's alone."""
    found = [_text(cell) for cell in shape.cells]
    known = [text for text in found if text is not None]
    return line_of("csv", known) if len(known) == len(found) else None


def line_of(name: Hashable, found: Sequence[CellText]) -> Line:
    """A line of these cells. name: see `Line`."""
    cells: list[tuple[str, str]] = []
    parts: list[str] = []
    for text in found:
        if text.is_plain:
            parts.append(text.sql)
            continue
        place = text.sql
        if not _COLUMN.fullmatch(place):
            place = f"v{len(cells)}"
            cells.append((place, text.sql))
        parts.append(_cell(place))
    if len(parts) == 1:  # an empty line is no row
        parts = [f"""coalesce(nullif(({parts[0]})::text, ''), '""')"""]
    spaced = [piece for part in parts for piece in (part, "','")][:-1]
    return Line(name, tuple(cells), texts.joined([*spaced, _END]))


def _cell(name: str) -> str:
    """Harmless and quoted, as `formula_guard.guarded` and RFC 4180 say. Texts that begin with an ASCII letter or digit
    are looked at once."""
    code = f"ascii({name})"
    harmless = (
        f"case when {code} between 65 and 126 or {code} between 48 and 60 then {name}"
        f" when {name} ~ {_DANGEROUS} and {name} !~ {_NUMBER} then '''' || {name} else {name} end"
    )
    quoted = f"""'"' || replace({harmless}, '"', '""') || '"'"""
    needs_quotes = " or ".join(f"strpos({name}, {letter}) > 0" for letter in _QUOTED_FOR)
    return f"case when {needs_quotes} then {quoted} else {harmless} end"


def _text(cell: Cell) -> CellText | None:
    at = f"c{cell.start}"
    if cell.masked:
        return CellText(f"case when {at} is not null then '{MASK}' end", True)
    if cell.field is None:
        return _computed(cell.kind, at)
    return _of_field(cell.field, cell)


def _computed(kind: str, at: str) -> CellText | None:
    """A value without a field: an id, a part, a result."""
    match kind:
        case "text":
            return CellText(at)
        case "number" | "id" | "boolean":
            return CellText(f"{at}::text", True)
        case "date":
            return CellText(texts.day(at), True)
        case "datetime":
            return CellText(texts.moment(at), True)
        case "duration":
            return CellText(texts.seconds(at), True)
    return None


def _of_field(field: Field, cell: Cell) -> CellText | None:
    at, second = f"c{cell.start}", f"c{cell.start + 1}"
    match field:
        case Text() | Choice() | AutoNumber() | PersonName():
            return CellText(at)
        case Integer() | DecimalField() | Rating() | Boolean() | Link() | File():
            return CellText(f"{at}::text", True)
        case Date():
            return CellText(texts.day(at), True)
        case DateTime():
            return CellText(texts.moment(at), True)
        case Duration():
            return CellText(texts.seconds(at), True)
        case MoneyField():
            return CellText(f"({texts.amount(at)}) || ' ' || {second}")
        case GeoPoint():
            return CellText(f"({texts.degrees(at)}) || ', ' || ({texts.degrees(second)})")
        case AnyLink():
            return CellText(f"{second} || ':' || {at}::text")
        case Address():
            parts = ", ".join(f"nullif(c{cell.start + part}, '')" for part in range(cell.width))
            return CellText(f"concat_ws(', ', {parts})")
        case Links():
            return CellText(f"array_to_string({at}, ';')", True)
        case MultiChoice():
            return CellText(f"array_to_string({at}, ';')")
        case Tags():
            listed = f"array_to_string({at}, ';')"
            marks = f"array_to_string({at}, '') ~ '[;,]' or left(({at})[1], 1) = '['"
            return CellText(f"case when {marks} then to_json({at})::text else {listed} end")
        case SeveralValues():
            return CellText(_several(at, second))
    return None


def _several(main: str, entries: str) -> str:
    """One address as it is; several, or one with a label, as JSON. Looking into JSON costs more than anything else
    here: the main address is a column of its own, and a list of one needs no subquery."""
    label = f"({entries} -> 0 ->> 'label')"
    is_plain = f"coalesce({label}, '') = '' and strpos({main}, ';') = 0 and left({main}, 1) <> '['"
    alone = f"case when {is_plain} then {main} else '[' || {_entry(main, label)} || ']' end"
    listed = (
        f"(select '[' || string_agg({_entry(texts.ITEM_VALUE, texts.ITEM_LABEL)}, ',' order by place) || ']'"
        f" from jsonb_array_elements({entries}) with ordinality as items(item, place))"
    )
    return f"case when jsonb_array_length({entries}) = 1 then {alone} else {listed} end"


def _entry(value: str, label: str) -> str:
    return f"""'{{"value":' || to_json({value})::text || ',"label":' || to_json(coalesce({label}, ''))::text || '}}'"""
