"""Rows as lines of CSV, written by PostgreSQL: quoted where they must be, harmless to spreadsheets, in the words of
`exporting`. Fields of which only Python knows the text are named by `None`."""

from __future__ import annotations

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
from relata.engine.metadata.fields.contact import _Several
from relata.engine.query.lines import Line
from relata.engine.query.result import MASK, Cell, Shape
from relata.engine.transfer import sql_texts as texts
from relata.engine.transfer.formula_guard import DANGEROUS_IN_SQL, NUMBER_IN_SQL

_END = "chr(13) || chr(10)"
#: Looked for one by one: a regular expression took half as long again.
_QUOTED_FOR = tuple(map(texts.literal, (",", '"', "\n", "\r")))
_DANGEROUS = texts.literal(DANGEROUS_IN_SQL)
_NUMBER = texts.literal(NUMBER_IN_SQL)


@dataclass(frozen=True, slots=True)
class _Text:
    """A cell's text in SQL. is_plain: nothing in it needs quotes or could be a formula."""

    sql: str
    is_plain: bool = False


def csv_line(shape: Shape) -> Line | None:
    """The line of a row; None where a cell's text is Python's alone."""
    cells: list[tuple[str, str]] = []
    parts: list[str] = []
    for cell in shape.cells:
        text = _text(cell)
        if text is None:
            return None
        if text.is_plain:
            parts.append(text.sql)
            continue
        name = text.sql
        if name != f"c{cell.start}":
            name = f"v{len(cells)}"
            cells.append((name, text.sql))
        parts.append(_cell(name))
    if len(parts) == 1:  # an empty line is no row
        parts = [f"""coalesce(nullif(({parts[0]})::text, ''), '""')"""]
    spaced = [piece for part in parts for piece in (part, "','")][:-1]
    return Line("csv", tuple(cells), texts.joined([*spaced, _END]))


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


def _text(cell: Cell) -> _Text | None:
    at = f"c{cell.start}"
    if cell.masked:
        return _Text(f"case when {at} is not null then '{MASK}' end", True)
    if cell.field is None:
        return _computed(cell.kind, at)
    return _of_field(cell.field, cell)


def _computed(kind: str, at: str) -> _Text | None:
    """A value without a field: an id, a part, a result."""
    match kind:
        case "text":
            return _Text(at)
        case "number" | "id" | "boolean":
            return _Text(f"{at}::text", True)
        case "date":
            return _Text(texts.day(at), True)
        case "datetime":
            return _Text(texts.moment(at), True)
        case "duration":
            return _Text(texts.seconds(at), True)
    return None


def _of_field(field: Field, cell: Cell) -> _Text | None:
    at, second = f"c{cell.start}", f"c{cell.start + 1}"
    match field:
        case Text() | Choice() | AutoNumber() | PersonName():
            return _Text(at)
        case Integer() | DecimalField() | Rating() | Boolean() | Link() | File():
            return _Text(f"{at}::text", True)
        case Date():
            return _Text(texts.day(at), True)
        case DateTime():
            return _Text(texts.moment(at), True)
        case Duration():
            return _Text(texts.seconds(at), True)
        case MoneyField():
            return _Text(f"({texts.amount(at)}) || ' ' || {second}")
        case GeoPoint():
            return _Text(f"({texts.degrees(at)}) || ', ' || ({texts.degrees(second)})")
        case AnyLink():
            return _Text(f"{second} || ':' || {at}::text")
        case Address():
            parts = ", ".join(f"nullif(c{cell.start + part}, '')" for part in range(cell.width))
            return _Text(f"concat_ws(', ', {parts})")
        case Links():
            return _Text(f"array_to_string({at}, ';')", True)
        case MultiChoice():
            return _Text(f"array_to_string({at}, ';')")
        case Tags():
            listed = f"array_to_string({at}, ';')"
            marks = f"array_to_string({at}, '') ~ '[;,]' or left(({at})[1], 1) = '['"
            return _Text(f"case when {marks} then to_json({at})::text else {listed} end")
        case _Several():
            return _Text(_several(at, second))
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
