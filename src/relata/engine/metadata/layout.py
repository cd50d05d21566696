"""How an object is laid out on screens, declared: lists, record pages, boards."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.wording import worded


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group of fields on the record page. visible: an expression over the record's own values; the section shows
    while it is true. columns: how many fields stand side by side where there is room, 1 or 2."""

    title: str
    fields: tuple[str, ...]
    visible: str = ""
    columns: int = 1

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return worded(self.title)


class Tab(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of the record page behind a tab of its own, after the first one that holds the layout's own sections and
    related lists. visible: as for a section."""

    title: str
    sections: tuple[Section, ...] = ()
    related: tuple[str, ...] = ()
    visible: str = ""

    @property
    def heading(self) -> str:
        """The title in the reader's language."""
        return worded(self.title)


class Board(msgspec.Struct, frozen=True, omit_defaults=True):
    """Cards in columns. by: a choice or link field. card: at most six fields. total: a money or number field summed
    per column; weighted: a number that is summed beside it, such as the amount by its chance. order: the field of the
    link's target that orders the columns. within: a field whose value picks the board (opportunities of one pipeline).
    sort: the order of the cards until somebody sorts otherwise; the object needs an index over `by` and it (see
    `Object.indexes`). Empty: the newest first. ends: an expression over the link's target, true where the way ends:
    a record that reached one end did not pass the others."""

    by: str
    card: tuple[str, ...] = ()
    total: str = ""
    weighted: str = ""
    order: str = ""
    within: str = ""
    sort: str = ""
    ends: str = ""


class Layout(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object's screens. columns: list columns after the title, paths allowed. order: default sort, such as
    `-created_at`. highlights: key facts in the record's header. related: related lists on the record page, by reverse
    name; empty means all that no tab has. quick: fields of the short create form; empty means the required ones and the
    title. tabs: further parts of the record page. rest: whether fields that no section names are shown in a last
    section, so that a new field is never lost. no_related: an empty `related` means none.

    The name of a stored layout is the object's, or `object.role` for one that only a role has.
    """

    object: str
    columns: tuple[str, ...] = ()
    order: str = ""
    highlights: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    related: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    board: Board | None = None
    tabs: tuple[Tab, ...] = ()
    rest: bool = True
    no_related: bool = False

    @property
    def all_sections(self) -> tuple[Section, ...]:
        """The sections of the first page and of all tabs, as they follow."""
        return (*self.sections, *(section for tab in self.tabs for section in tab.sections))

    @property
    def named_fields(self) -> frozenset[str]:
        """Fields that stand in a section, whether it shows or not."""
        return frozenset(name for section in self.all_sections for name in section.fields)


def layout_name(object_name: str, role: str = "") -> str:
    """What the layout of an object is stored under, for everybody or for one role."""
    return f"{object_name}.{role}" if role else object_name
