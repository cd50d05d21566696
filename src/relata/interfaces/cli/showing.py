"""Records on a terminal: a table of a page, a line for each value of one record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from relata.interfaces.cli.output import print_table

#: A cell of a table ends here; the whole value is in `get` and in JSON.
_WIDEST = 40


def plain(value: Any) -> Any:
    """As JSON has it: numbers, texts, lists and objects."""
    return msgspec.to_builtins(value, enc_hook=str, str_keys=True)


def print_records(rows: Sequence[dict[str, Any]]) -> None:
    """A table with the fields' names above."""
    if not rows:
        click.echo("There are none.", err=True)
        return
    names = tuple(rows[0])
    print_table([names, *(tuple(shorter(text_of(row.get(name))) for name in names) for row in rows)])


def print_record(values: dict[str, Any]) -> None:
    """A line for each value that is not empty."""
    print_table([(name, text_of(value)) for name, value in values.items() if value not in (None, "", [], {})])


def text_of(value: Any) -> str:
    """A value in a line: a link by its title, a choice as it is, anything with parts by its parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        named = value.get("title") or value.get("name") or value.get("value")
        return text_of(named) if named else " ".join(text_of(part) for part in value.values() if part not in (None, ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(text_of(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value)


def shorter(text: str) -> str:
    """In one line that fits a column."""
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
