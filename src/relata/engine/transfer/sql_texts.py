"""Values as text in SQL, exactly as the fields write them in Python: what CSV and JSON lines have in common. Values are
names of columns, so that it costs little to name one twice."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

#: Arguments that a function of PostgreSQL takes.
_MOST_ARGUMENTS = 100
#: Of an entry of several: addresses, numbers.
ITEM_VALUE, ITEM_LABEL = "item ->> 'value'", "item ->> 'label'"


def literal(text: str) -> str:
    """A constant, safe in a statement with parameters."""
    return sql.Literal(text).as_string(None).strip().replace("%", "%%")


def joined(parts: Sequence[str]) -> str:
    """Texts one behind the other; those that are null are empty."""
    if len(parts) <= _MOST_ARGUMENTS:
        return f"concat({', '.join(parts)})"
    return joined([joined(parts[at : at + _MOST_ARGUMENTS]) for at in range(0, len(parts), _MOST_ARGUMENTS)])


def day(value: str) -> str:
    """ISO 8601."""
    return f"to_char({value}, 'YYYY-MM-DD')"


def moment(value: str) -> str:
    """RFC 3339 in UTC; microseconds only where there are some."""
    utc = f"({value} at time zone 'UTC')"
    whole = f"date_trunc('second', {value}) = {value}"
    form = 'YYYY-MM-DD"T"HH24:MI:SS'
    return f"""case when {whole} then to_char({utc}, '{form}"Z"') else to_char({utc}, '{form}.US"Z"') end"""


def seconds(value: str) -> str:
    """Whole seconds of a span."""
    return f"trunc(extract(epoch from {value}))::bigint::text"


def amount(value: str) -> str:
    """An amount of money with two to four decimals; more, as formulas give, are rounded half to even."""
    shifted = f"{value} * 10000"
    even = f"mod(trunc({shifted}), 2) = 0 and abs({shifted} - trunc({shifted})) = 0.5"
    rounded = f"case when {even} then trunc({value}, 4) else round({value}, 4) end"
    form = f"'FM{'9' * 30}0.0099'"
    return f"case when scale({value}) <= 4 then to_char({value}, {form}) else to_char({rounded}, {form}) end"


def degrees(value: str) -> str:
    """A double precision number as Python writes it."""
    return f"case when {value} = trunc({value}) then {value}::text || '.0' else {value}::text end"
