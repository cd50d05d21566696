"""Many rows at once for programs: a file whose columns are named like fields, what is to be done with each row, and
what became of it. An import like any other, with its checks, log and way back, but without a look beforehand."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from relata.engine.jobs.queue import Queue
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.storage.planner import quoted
from relata.engine.transfer import guessing, same_rows
from relata.engine.transfer import state as states
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard import intake, running
from relata.engine.transfer.wizard.intake import Prepared
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _

Operation = Literal["create", "update", "upsert", "delete"]
#: What the log says, in the words of an answer.
_DID = {"created": "created", "changed": "updated", "deleted": "deleted", "restored": "updated"}


class Wish(msgspec.Struct, frozen=True):
    """match: fields that say which record a row is about; without any, a unique one that the file has, or the id.
    blank_cells: leave what is there, or clear it. is_quiet: nobody is told, no automation runs."""

    operation: Operation = "upsert"
    match: tuple[str, ...] = ()
    blank_cells: Literal["leave", "clear"] = "leave"
    is_quiet: bool = False
    warnings: Literal["refuse", "pass"] = "refuse"


class Result(msgspec.Struct, frozen=True):
    """What became of one row, counted from 1 below the header. did: created, updated, deleted. at: for what follows."""

    at: int
    row: int
    id: UUID
    did: str


async def begin(work: Workspace, queue: Queue, one: Object, prepared: Prepared, wish: Wish) -> Record:
    """The import, on its way to a worker. Denied without the rights, Invalid with every column that is no field."""
    right = {"create": "create", "delete": "delete"}.get(wish.operation, "change")
    intake.require(work)
    if not work.actor.rights.level(one, right):
        raise Denied(
            _("You may not %(right)s %(nouns)s.") % {"right": right, "nouns": one.nouns}, code=f"denied_{right}"
        )
    mapping = mapping_of(one, [column.name for column in prepared.profile.columns], wish)
    record = await intake.begin(work, one, prepared, mapping)
    await running.set_mapping(work, record.id, mapping, is_quiet=wish.is_quiet)
    if await running.start(work, queue, record.id):  # small ones wait for a worker, too: the answer must not
        args = {"workspace": work.context.key, "run": record.id}
        await queue.enqueue(work.unit.connection, running.TASK, args, key=str(record.id))
    return await running.mine(work, record.id)


def mapping_of(one: Object, columns: list[str], wish: Wish) -> Mapping:
    """Every column is a field, or it is refused: what is left out silently is missed late."""
    named = wish.match
    if not named and wish.operation != "create":
        named = ("id",) if "id" in columns else guessing.match_by(one, set(columns))
    found = guessing.guess(one, columns, match=named or ("id",))
    if wish.operation == "create":
        named = ()
    elif not named:
        message = _("Say which fields tell the records apart.")
        raise Invalid.of([Problem("match_missing", message, "match", _("Such as match=email."))])
    known = {entry.column for entry in found.columns}
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise Invalid.of(
            [
                Problem(
                    "unknown_field",
                    _("%(object)s has no field %(field)s.") % {"object": one.title, "field": repr(name[:60])},
                    name[:60],
                    _("Name the columns like the fields, and leave out what can't be written."),
                )
                for name in unknown[:50]
            ]
        )
    kept = found.columns if wish.operation != "delete" else tuple(one for one in found.columns if one.field in named)
    return msgspec.structs.replace(
        found, columns=kept, match=named, mode=wish.operation, blank_cells=wish.blank_cells, warnings=wish.warnings
    )


async def uploads(work: Workspace, *, after: str = "", limit: int = 50) -> tuple[list[Record], str]:
    """The actor's imports, the latest first, and where the next page begins."""
    query = Query(IMPORT_RUN, order=parse_order("-created_at"), fields=("id",), limit=limit, after=after)
    page = await work.query(query)
    found = {one.id: one for one in await work.get_many(IMPORT_RUN, [row[0] for row in page.rows])}
    return [found[row[0]] for row in page.rows if row[0] in found], page.next


async def results(work: Workspace, run: UUID, *, after: int = 0, limit: int = 500) -> list[Result]:
    """Rows that were written, in the order in which they were: from the log, which holds each once. Rows in which
    nothing differed are told by `unchanged`, those that were refused by `refused`."""
    record = await running.mine(work, run)
    rows = await work.unit.connection.fetch(
        "select id, (source ->> 'row')::bigint, record, action"
        f" from {quoted(work.context.schema)}._change where source ->> 'import' = %s and id > %s and object = %s"
        " and source ? 'row' and action in ('created', 'changed', 'deleted', 'restored') order by id limit %s",
        (str(run), after, record["records_of"], limit),
    )
    return [Result(at, row - 1, key, _DID[action]) for at, row, key, action in rows]


async def unchanged(work: Workspace, run: UUID, *, after: int = 0, limit: int = 500) -> list[Result]:
    """Rows in which nothing differed, with the records that they are about. after: the last row of the page before."""
    await running.mine(work, run)
    rows = await same_rows.page(work, run, after=after + 1 if after else 0, limit=limit)
    return [Result(row - 1, row - 1, key, "unchanged") for row, key in rows]


async def refused(work: Workspace, run: UUID, *, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
    """Rows that were refused, with every reason. after: the last row of the page before."""
    await running.mine(work, run)
    found = await states.notes(work, run, after=after + 1 if after else 0, limit=limit, severity="refused")
    return [
        {"row": note.row - 1, "code": note.code, "field": note.field or None, "message": note.message} for note in found
    ]
