"""Cells as a person typed or pasted them: read one by one, so that a bad one holds up no other."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Literal, Path
from relata.engine.metadata.fields import Boolean, Field, Link, MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.ui.facts import is_editable
from relata.engine.ui.values import shown, targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.foundation.money import Money

#: Titles that one paste may ask for; each is a question of its own.
MOST_TITLES = 100
_BARE = re.compile(r"[+-]?[\d.,' ]+")


class Cell(msgspec.Struct, frozen=True):
    """One cell. was: what the person saw there, as text, where they should be told of another's change."""

    id: UUID
    field: str
    text: str
    was: str | None = None


class CellProblem(msgspec.Struct, frozen=True):
    """Why a cell was refused. theirs: what somebody else put there meanwhile."""

    id: UUID
    field: str
    message: str
    theirs: str | None = None


class CellReader:
    """Reads the cells of one request; remembers the records that titles name."""

    def __init__(self, work: Workspace, one: Object) -> None:
        self._work, self._one = work, one
        self._titles: dict[tuple[str, str], list[UUID]] = {}
        self.problems: list[CellProblem] = []

    async def read(self, cells: list[Cell]) -> dict[UUID, dict[str, Any]]:
        """Raw values for the door, by record; what is no value, or stands on a changed one, is among the problems."""
        asked = list(dict.fromkeys(cell.id for cell in cells))
        records = {record.id: record for record in await self._work.get_many(self._one.name, asked)}
        found: dict[UUID, dict[str, Any]] = {}
        for cell in cells:
            try:
                field = self._field(cell.field)
                record = records.get(cell.id)
                raw = await self._raw(field, with_currency(field, cell.text.strip(), record))
                if record is not None and await self._conflicts(field, record, cell, raw):
                    continue
                found.setdefault(cell.id, {})[field.name] = raw
            except RelataError as error:
                self.refuse(
                    cell.id, cell.field, error.problems or (Problem(error.code, error.message, None, error.hint),)
                )
        return found

    def refuse(self, record: UUID, name: str, problems: tuple[Problem, ...]) -> None:
        """The cell is out."""
        message = " ".join(f"{each.message} {each.hint or ''}".strip() for each in problems)
        self.problems.append(CellProblem(record, name, message))

    def _field(self, name: str) -> Field:
        field = self._one.field(name)
        if field is None or not self._work.actor.readable(self._one, field):
            raise Invalid(_("There is no such column."), code="unknown_field")
        if not is_editable(self._work, self._one, field):
            raise Invalid(_("%(field)s can't be changed here.") % {"field": field.title}, code="read_only")
        return field

    async def _raw(self, field: Field, text: str) -> Any:
        """What the field reads; a link by the title of what it names. Invalid for what is no value."""
        if not text:
            if field.required:
                raise Invalid(_("%(field)s is required.") % {"field": field.title}, hint=_("Fill it in."))
            return None
        if isinstance(field, Link) and parse_id(text) is None:
            return await self._by_title(field, text)
        if isinstance(field, Boolean):
            text = {_("Yes").casefold(): "true", _("No").casefold(): "false"}.get(text.casefold(), text)
        field.parse(text, self._work.context.parsing)
        return text

    async def _by_title(self, field: Link, text: str) -> str:
        target = self._work.readable_object(field.to)
        key = (target.name, text)
        if key not in self._titles:
            if len(self._titles) >= MOST_TITLES:
                raise Invalid(_("Too many different names."), hint=_("Paste fewer rows at once."))
            where = Binary("=", Path((target.title_field,)), Literal(text))
            page = await self._work.query(Query(target.name, where, fields=("id",), limit=2))
            self._titles[key] = [row[0] for row in page.rows]
        found = self._titles[key]
        if len(found) != 1:
            said = _("Several records are called so.") if found else _("No record is called so.")
            raise Invalid(f"{field.title}: {said}", hint=_("Choose it from the cell's list."))
        return str(found[0])

    async def _conflicts(self, field: Field, record: Record, cell: Cell, raw: Any) -> bool:
        """Whether somebody else has put another value there since; then both are told."""
        if cell.was is None:
            return False
        now, parsing = record[field.name], self._work.context.parsing
        try:
            was = field.parse(cell.was, parsing) if cell.was else None
            wish = field.parse(raw, parsing) if raw is not None else None
        except Invalid:
            return False
        if now in (was, wish) or (now or None) == (was or None):
            return False
        theirs = await text_of(self._work, field, now)
        message = _("Somebody else changed this meanwhile to “%(theirs)s”.") % {"theirs": theirs}
        self.problems.append(CellProblem(cell.id, cell.field, message, theirs))
        return True


def with_currency(field: Field, text: str, record: Record | None) -> str:
    """A bare amount keeps the currency that the cell has; else typing over dollars would make them euros."""
    now = record[field.name] if record is not None and isinstance(field, MoneyField) else None
    return f"{text} {now.currency}" if isinstance(now, Money) and _BARE.fullmatch(text) else text


async def text_of(work: Workspace, field: Field, value: Any) -> str:
    """A value as one line that a cell reads back."""
    titles = await titles_of(work.unit, targets_of([(field, value)]))
    seen = shown(work.registry, field, value, titles).value
    label = getattr(seen, "label", None)
    return label if isinstance(label, str) else field.to_text(value) if value is not None else ""
