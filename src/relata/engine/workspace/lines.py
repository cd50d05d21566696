"""A query's rows as lines of text, under the same rights as `Workspace.query`: for exports of any size."""

from __future__ import annotations

from relata.engine.query import lines
from relata.engine.query.request import Query
from relata.engine.query.result import Shape
from relata.engine.workspace.reads import MOST_IDS, note
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _


async def shape_of(work: Workspace, query: Query) -> Shape:
    """The cells of its rows. Denied and Invalid as the query itself."""
    await work.ready_for(query)
    return lines.shape_of(work.context.ground, work.actor, query)


async def fetch_lines(
    work: Workspace, query: Query, writing: lines.Writing, place: lines.Place, limit: int
) -> lines.Lines:
    """The rows behind a place, `limit` at most, written as the actor may see them now. What personal values went out is
    noted. Conflict where they can't be written any more."""
    shape = await shape_of(work, query)
    line = writing(shape)
    if line is None:
        raise Conflict(_("What may be shown changed meanwhile."), code="changed_meanwhile", hint=_("Begin anew."))
    is_noted = bool(shape.personal) and shape.id_at is not None
    found = await lines.fetch(
        work.unit.connection, work.context.ground, work.actor, query, line, place, limit, MOST_IDS if is_noted else 0
    )
    work.unit.shown += found.count
    note(work.unit, query.object, shape.personal, list(found.first), found.count)
    return found
