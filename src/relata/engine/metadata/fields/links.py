"""Links to other records, and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa

from relata.engine.metadata.fields.base import Column, Field, ParseContext
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

MAX_LINKS = 1000


def read_id(field: Field, raw: Any) -> UUID:
    """The id in a UUID text or in an answer's {"id": …}; Invalid otherwise."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    found = parse_id(raw)
    if found is None:
        field.refuse(
            _("%(field)s must be the id of a record.") % {"field": field.title},
            code="invalid_link",
            hint="Send the record's id.",
        )
    return found


class Link(Field, frozen=True, tag="link", omit_defaults=True):
    """Many to one. to: the target object's name. reverse: what the target calls its list of these; empty means
    this object's plural name. on_delete of the target: `restrict`, `clear` or `cascade`."""

    to: str
    reverse: str = ""
    reverse_label: str = ""
    on_delete: str = "clear"
    widget: ClassVar[str] = "link"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Uuid(), "id"),)

    def parse(self, raw: Any, context: ParseContext) -> UUID:
        return read_id(self, raw)


class User(Link, frozen=True, kw_only=True, tag="user", omit_defaults=True):
    """A link to a person who works here."""

    to: str = "user"
    widget: ClassVar[str] = "user"


class Links(Field, frozen=True, tag="links", omit_defaults=True):
    """Many to many, kept in a table of pairs. Where a pair has properties of its own, declare an object for it."""

    to: str
    reverse: str = ""
    reverse_label: str = ""
    widget: ClassVar[str] = "links"
    stored: ClassVar[bool] = False
    sortable: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return ()

    def parse(self, raw: Any, context: ParseContext) -> tuple[UUID, ...]:
        items = raw if isinstance(raw, (list, tuple)) else str(raw).split(";")
        found = tuple(dict.fromkeys(read_id(self, item) for item in items))
        if len(found) > MAX_LINKS:
            self.refuse(
                _("%(field)s: at most %(most)s links fit.") % {"field": self.title, "most": MAX_LINKS}, code="too_long"
            )
        return found

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return tuple(cells[0] or ())

    def to_json(self, value: Any) -> Any:
        return list(value or ())

    def to_text(self, value: Any) -> str:
        return ";".join(map(str, value or ()))


@dataclass(frozen=True, slots=True)
class AnyTarget:
    """A link that names its target's object."""

    object: str
    id: UUID


class AnyLink(Field, frozen=True, kw_only=True, tag="any_link", omit_defaults=True):
    """A link to a record of one of several objects. to_any: their names; empty means any object."""

    to_any: tuple[str, ...] = ()
    reverse: str = ""
    reverse_label: str = ""
    widget: ClassVar[str] = "any_link"
    sortable: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Uuid(), "id"), Column("object", sa.Text(), "text"))

    def parse(self, raw: Any, context: ParseContext) -> AnyTarget:
        if isinstance(raw, AnyTarget):
            return raw
        if isinstance(raw, str) and ":" in raw:
            parts = raw.partition(":")
            raw = {"object": parts[0], "id": parts[2]}
        if not isinstance(raw, dict) or not isinstance(raw.get("object"), str):
            self.refuse(
                _("%(field)s must name an object and an id.") % {"field": self.title},
                hint='Send {"object": "account", "id": "…"}.',
            )
        if self.to_any and raw["object"] not in self.to_any:
            self.refuse(
                _("%(field)s can't link to this object.") % {"field": self.title},
                hint=_("One of: %(names)s.") % {"names": ", ".join(self.to_any)},
            )
        return AnyTarget(raw["object"], read_id(self, raw))

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (None, None) if value is None else (value.id, value.object)

    def from_columns(self, cells: tuple[Any, ...]) -> Any:
        return None if cells[0] is None or cells[1] is None else AnyTarget(cells[1], cells[0])

    def to_json(self, value: Any) -> Any:
        return None if value is None else {"object": value.object, "id": value.id}

    def to_text(self, value: Any) -> str:
        return "" if value is None else f"{value.object}:{value.id}"


class File(Field, frozen=True, kw_only=True, tag="file", omit_defaults=True):
    """One stored file, by its id (see `engine/files`)."""

    widget: ClassVar[str] = "file"
    sortable: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Uuid(), "id"),)

    def parse(self, raw: Any, context: ParseContext) -> UUID:
        return read_id(self, raw)
