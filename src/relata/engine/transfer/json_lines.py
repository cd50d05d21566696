"""Rows as lines of JSON, written by PostgreSQL: the same as the API shows, an object for each record. Only decimals
below a millionth differ, which Python writes with an exponent."""

from __future__ import annotations

import msgspec

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


def json_line(shape: Shape) -> Line | None:
    """The line of a row; None where Python alone knows how a value is written."""
    parts: list[str] = []
    for at, cell in enumerate(shape.cells):
        value = _value(cell)
        if value is None:
            return None
        name = ("," if at else "{") + msgspec.json.encode(cell.key).decode() + ":"
        parts += [texts.literal(name), f"coalesce({value}, 'null')"]
    return Line("jsonl", (), texts.joined([*parts, "'}'", "chr(10)"]))


def _value(cell: Cell) -> str | None:
    """Its JSON in SQL, null for none."""
    at = f"c{cell.start}"
    if cell.masked:
        return f"case when {at} is not null then '\"{MASK}\"' end"
    if cell.field is None:
        return _computed(cell.kind, at)
    return _of_field(cell.field, cell)


def _computed(kind: str, at: str) -> str | None:
    match kind:
        case "text":
            return _quoted(at)
        case "number":
            return f"{at}::text"
        case "boolean":
            return f"{at}::text"
        case "id":
            return f"""'"' || {at}::text || '"'"""
        case "date":
            return f"""'"' || {texts.day(at)} || '"'"""
        case "datetime":
            return f"""'"' || ({texts.moment(at)}) || '"'"""
    return None


def _of_field(field: Field, cell: Cell) -> str | None:
    at, second = f"c{cell.start}", f"c{cell.start + 1}"
    match field:
        case Text() | Choice() | AutoNumber():
            return _quoted(at)
        case Integer() | DecimalField() | Rating() | Boolean():
            return f"{at}::text"
        case Link() | File():
            return f"""'"' || {at}::text || '"'"""
        case Date():
            return _computed("date", at)
        case DateTime():
            return _computed("datetime", at)
        case Duration():
            return texts.seconds(at)
        case MoneyField():
            return _object(("amount", f"({texts.amount(at)})", False), ("currency", second, True))
        case AnyLink():
            return _object(("object", second, True), ("id", f"{at}::text", False))
        case PersonName():
            return _name(cell.start)
        case Address():
            columns = [f"c{cell.start + part}" for part in range(cell.width)]
            parts = [(name, _empty(column), True) for name, column in zip(field.parts, columns, strict=True)]
            return f"case when concat({', '.join(columns)}) <> '' then {_object(*parts)} end"
        case Links():
            return f"to_json({at})::text"
        case MultiChoice() | Tags():
            return f"case when cardinality({at}) > 0 then to_json({at})::text end"
        case SeveralValues():
            return _several(at, second)
    return None


def _quoted(value: str) -> str:
    return f"to_json({value})::text"


def _empty(value: str) -> str:
    return f"coalesce({value}, '')"


def _object(*parts: tuple[str, str, bool]) -> str:
    """An object of texts; null where one of them is. The last of a part: whether it may hold what must be escaped."""
    told = [
        f"'{',' if at else '{'}\"{name}\":' || {_quoted(value) if escaped else _bare(value)}"
        for at, (name, value, escaped) in enumerate(parts)
    ]
    return f"{' || '.join(told)} || '}}'"


def _bare(value: str) -> str:
    return f"""'"' || {value} || '"'"""


def _name(start: int) -> str:
    full, salutation, first, last = (f"c{start + at}" for at in range(4))
    both = f"concat_ws(' ', nullif({first}, ''), nullif({last}, ''))"
    parts = _object(
        ("full", both, True), ("salutation", _empty(salutation), True), ("first", _empty(first), True),
        ("last", _empty(last), True),
    )  # fmt: skip
    return f"case when {full} is not null then {parts} end"


def _several(main: str, entries: str) -> str:
    """A list of addresses with their labels; nearly always it is one, whose address is a column of its own."""
    listed = f"(select string_agg({_entry(texts.ITEM_LABEL, texts.ITEM_VALUE)}, ',' order by place)"
    listed += f" from jsonb_array_elements({entries}) with ordinality as items(item, place))"
    alone = _entry(f"{entries} -> 0 ->> 'label'", main)
    return (
        f"case jsonb_array_length({entries}) when 0 then null when 1 then '[' || {alone} || ']'"
        f" else '[' || {listed} || ']' end"
    )


def _entry(label: str, value: str) -> str:
    return _object(("label", _empty(label), True), ("value", value, True))
