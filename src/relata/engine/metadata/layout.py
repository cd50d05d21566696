"""How an object is laid out on screens, declared: lists, record pages, boards."""

from __future__ import annotations

import msgspec


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group of fields on the record page. visible: an expression over the record."""

    title: str
    fields: tuple[str, ...]
    visible: str = ""


class Board(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cards in columns. by: a choice or link field. card: at most five fields. total: a money or number field summed
    per column. order: the field of the link's target that orders the columns. within: a field whose value picks the
    board (opportunities of one pipeline)."""

    by: str
    card: tuple[str, ...] = ()
    total: str = ""
    order: str = ""
    within: str = ""


class Layout(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object's screens. columns: list columns after the title, paths allowed. order: default sort, such as
    `-created_at`. highlights: key facts in the record's header. related: related lists on the record page, by reverse
    name; empty means all. quick: fields of the short create form; empty means the required ones and the title."""

    object: str
    columns: tuple[str, ...] = ()
    order: str = ""
    highlights: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    related: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    board: Board | None = None
