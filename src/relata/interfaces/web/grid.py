"""Which columns of a list can be edited in the cell, and with what."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relata.engine.metadata.fields import Choice, Field, Text
from relata.engine.metadata.object import Object
from relata.engine.ui.facts import is_editable
from relata.engine.ui.values import colour_number, kind_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Option

#: Editors that the browser opens by itself; others come from the server.
_OWN = {"integer": "number", "decimal": "number", "percent": "number", "money": "text", "date": "date",
        "boolean": "boolean"}  # fmt: skip


class GridColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column that can be edited. editor: text, number, date, boolean, choice or server. options: of a choice."""

    name: str
    label: str
    editor: str
    required: bool
    max_length: int | None = None
    options: tuple[Option, ...] = ()


def grid_of(work: Workspace, one: Object, paths: Iterable[str]) -> tuple[GridColumn, ...]:
    """The columns among `paths` whose cells this person may change; none where they may change no record at all."""
    if not work.actor.rights.level(one, "change"):
        return ()
    found = []
    for path in paths:
        field = one.field(path)
        if field is not None and is_editable(work, one, field) and work.actor.readable(one, field):
            found.append(_column(field))
    return tuple(found)


def _column(field: Field) -> GridColumn:
    options: tuple[Option, ...] = ()
    editor = _OWN.get(field.type_name, "server")
    if isinstance(field, Choice) and not field.depends_on:
        editor = "choice"
        options = tuple(
            Option(value=each.value, label=each.title, colour=colour_number(each.colour))
            for each in field.options if not each.retired
        )  # fmt: skip
    elif isinstance(field, Text) and kind_of(field) == "text":
        editor = "text"
    return GridColumn(
        name=field.name, label=field.title, editor=editor, required=field.required, options=options,
        max_length=getattr(field, "max_length", None),
    )  # fmt: skip
