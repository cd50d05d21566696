"""Pages of records as they were at a moment, with the cursors, filters and orders of today's.

What nobody changed since is read from the table, along its indexes; what was changed is taken back by the log
(`past_rows`); both come in one order and are merged. So a page of a past day costs a page of today and what changed
since, not the whole table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from heapq import merge
from itertools import islice
from typing import Any

from relata.engine.formula import Checked
from relata.engine.query import cursor as cursors
from relata.engine.query import reach
from relata.engine.query.ground import Ground
from relata.engine.query.pages import check_where, fill, marks, may_be_empty, page_of
from relata.engine.query.reader import Reader
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.query.result import Page
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import Compiled, select_page
from relata.engine.storage.database import Connection, Row
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


async def fetch(connection: Connection, ground: Ground, reader: Reader, query: Query) -> Page:
    """As `pages.fetch`, at `query.as_on`. Invalid for the bin, which has no past."""
    if query.deleted:
        raise Invalid(_("The bin has no past."), code="as_on", field="as_on", hint=_("Look at it as it is now."))
    limit = max(1, min(query.limit, MAX_LIMIT))
    where = check_where(ground, query.object, query.where, reader)
    question = cursors.question(query.object, query.where, query.order, query.as_on)
    start = cursors.parse(query.after, question) if query.after else None
    backwards = start.backwards if start else False
    few = await reach.is_few(connection, ground, reader, query.object)
    phases = (1, 0) if backwards else (0, 1)
    rows: list[tuple[int, Row]] = []
    for phase in phases[phases.index(start.phase) :] if start else phases:
        if phase == 1 and not may_be_empty(query):
            continue
        mark = start if start and start.phase == phase else None
        most, parts, width = limit + 1 - len(rows), [], 0
        for past in ("same", "changed"):
            compiled = _compiled(ground, reader, query, where, phase, mark is not None, backwards, few, past)
            params = fill(compiled, reader, where) | {"page_limit": most, "as_on": query.as_on}
            if mark:
                params.update(marks(mark, compiled))
            parts.append(await connection.fetch(compiled.sql, params))
            width = compiled.sort
        both = merge(*parts, key=cmp_to_key(_Order(query, width, backwards).compare))
        rows.extend((phase, row) for row in islice(both, most))
        if len(rows) > limit:
            break
    return page_of(ground, reader, query, where, rows, limit, question, start)


def _compiled(
    ground: Ground, reader: Reader, query: Query, where: Checked | None, phase: int, cursor: bool, backwards: bool,
    few: bool, past: str,
) -> Compiled:  # fmt: skip
    key = (
        "past_page", query.object, reader.fingerprint, query.fields, query.order, where.root if where else None, phase,
        cursor, backwards, few, past,
    )  # fmt: skip

    def make() -> Compiled:
        scope = FieldScope(ground.registry, ground.registry.get(query.object), reader)
        return select_page(
            ground.tables, scope, fields=query.fields, where=where, order=query.order, phase=phase, cursor=cursor,
            backwards=backwards, deleted=False, few=few and past == "same", past=past,
        )  # fmt: skip

    found: Compiled = ground.cache.get(key, make)
    return found


class _Order:
    """The order of rows by their sort values, which stand at the end; empty ones last, or first when reading back."""

    def __init__(self, query: Query, width: int, backwards: bool) -> None:
        down = [level.descending for level in query.order]
        down.append(down[0] if down else False)  # the id follows the first level
        self._down = [one != backwards for one in down[-width:]]
        self._width, self._backwards = width, backwards

    def compare(self, one: Sequence[Any], other: Sequence[Any]) -> int:
        """Below zero where `one` comes first."""
        for mine, theirs, down in zip(one[-self._width :], other[-self._width :], self._down, strict=True):
            if mine == theirs:
                continue
            if mine is None or theirs is None:
                return 1 if (mine is None) != self._backwards else -1
            return 1 if (mine > theirs) != down else -1
        return 0
