"""A plain table of texts, each with the records behind it."""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True):
    """What stands in a cell, and the records behind it."""

    text: str
    href: str = ""


class Line(msgspec.Struct, frozen=True):
    """One row. depth: how far it is indented; is_total: of all rows, or of those above it."""

    head: str
    cells: tuple[Text, ...]
    depth: int = 0
    is_total: bool = False


class Table(msgspec.Struct, frozen=True):
    """heads: of the figures; the first column's is `label`. left_out: rows that there was no room for."""

    label: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: int = 0
