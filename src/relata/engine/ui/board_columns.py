"""What stands for the columns of a board, such as the stages of a pipeline: put in order, added, renamed, retired.

Nothing here knows stages. An object serves as columns when the board of another groups by a link to it; where the board
has one for each of something (`within`), so have the columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import Field, Link, LongText
from relata.engine.metadata.layout import Board
from relata.engine.metadata.object import Object
from relata.engine.ui.facts import is_editable
from relata.engine.ui.values import Item
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.replacing import counts_of, replace_value
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

MOST = 100
#: What a row of the editor has room for: one line each.
_SIMPLE = ("text", "integer", "decimal", "percent", "choice", "boolean")


class ColumnsOf(msgspec.Struct, frozen=True, kw_only=True):
    """Columns that can be arranged. object: whose board it is; target: the object of the columns."""

    object: Object
    target: Object
    board: Board

    @property
    def within(self) -> Link | None:
        """The link by which the columns belong to one of several boards."""
        found = self.target.field(self.board.within) if self.board.within else None
        return found if isinstance(found, Link) else None


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of one board. fields: what a row lets one change. used: records by column. boards, chosen: as on the
    board."""

    of: ColumnsOf
    fields: tuple[Field, ...]
    records: tuple[Record, ...]
    used: Mapping[str, int]
    boards: tuple[Item, ...]
    chosen: str


def arrangeable(work: Workspace) -> list[ColumnsOf]:
    """Every board whose columns are records. Needs manage_objects."""
    require(work, "manage_objects")
    found = []
    for one in work.registry.objects.values():
        board = work.layout(one.name).board
        by = one.field(board.by) if board else None
        if board is not None and isinstance(by, Link) and by.to in work.registry.objects and by.type_name == "link":
            found.append(ColumnsOf(object=one, target=work.registry.get(by.to), board=board))
    return found


def columns_object(work: Workspace, name: str) -> ColumnsOf:
    """The columns of this object's board; NotFound where they are no records."""
    found = next((each for each in arrangeable(work) if each.object.name == name), None)
    if found is None:
        raise NotFound(_("This object has no board with columns to arrange."), code="no_board")
    return found


async def columns(work: Workspace, name: str, within: str = "") -> Columns:
    """The columns as the board has them, retired ones left out."""
    of = columns_object(work, name)
    boards: tuple[Item, ...] = ()
    chosen, equals = "", dict[str, Any]()
    if of.within is not None:
        order = "position" if work.registry.get(of.within.to).field("position") else "created_at"
        parents = await work.find(of.within.to, order=order)
        boards = tuple(Item(value=str(found.id), label=found.title) for found in parents)
        known = [item.value for item in boards]
        chosen = within if within in known else known[0] if known else ""
        equals = {of.within.name: UUID(chosen)} if chosen else {}
    records = await work.find(of.target.name, order=of.board.order or of.target.title_field, limit=MOST, **equals)
    return Columns(
        of=of, fields=_fields(work, of), records=tuple(records), boards=boards, chosen=chosen,
        used=await counts_of(work, of.object, of.object.all_fields[of.board.by]),
    )  # fmt: skip


def _fields(work: Workspace, of: ColumnsOf) -> tuple[Field, ...]:
    """The title first, then what is simple enough for a row."""
    skipped = {of.board.order, of.board.within, of.target.title_field}
    simple = [
        field
        for field in of.target.fields
        if field.name not in skipped
        and field.type_name in _SIMPLE
        and not field.hidden
        and not isinstance(field, LongText)
        and is_editable(work, of.target, field)
    ]
    return (of.target.all_fields[of.target.title_field], *simple)


async def save_columns(
    work: Workspace, name: str, within: str, rows: Sequence[tuple[UUID | None, Mapping[str, Any]]]
) -> None:
    """The columns in this order with these values; those without an id are new. Invalid names the row in its field:
    `NUMBER.name`. Columns that are not among the rows stay where they are, behind."""
    found = await columns(work, name, within)
    known = {record.id: record for record in found.records}
    if len(rows) > MOST:
        message = _("A board has at most %(most)s columns.") % {"most": MOST}
        raise Invalid(message, code="too_many")
    problems: list[Problem] = []
    for at, (record_id, values) in enumerate(rows):
        placed = {**values, **({found.of.board.order: at} if found.of.board.order else {})}
        try:
            if record_id is None:
                if found.of.within is not None:
                    placed[found.of.within.name] = found.chosen
                await work.create(found.of.target.name, placed)
            elif record_id in known:
                await work.change(known[record_id], placed)
        except Invalid as error:
            problems.extend(_at_row(error, at))
    if problems:
        raise Invalid.of(problems)


def _at_row(error: Invalid, at: int) -> list[Problem]:
    given = error.problems or (Problem(error.code, error.message, error.field, error.hint),)
    return [Problem(one.code, one.message, f"{at}.{one.field or ''}", one.hint) for one in given]


async def retire_column(work: Workspace, name: str, column: UUID, replace: UUID | None) -> int:
    """Into the bin with a column, its records going to another; how many went. Invalid while there are some and no
    place for them."""
    of = columns_object(work, name)
    record = await work.get(of.target.name, column)
    field = of.object.all_fields[of.board.by]
    used = (await counts_of(work, of.object, field)).get(str(column), 0)
    moved = 0
    if used:
        if replace is None:
            message = _("%(count)s records are in it.") % {"count": used}
            raise Invalid.of([Problem("in_use", message, "replace", _("Choose where they go."))])
        assert isinstance(field, Link)
        await work.get(of.target.name, replace)
        moved = await replace_value(work, of.object, field, column, replace)
    await work.delete(record)
    return moved
