"""Lists: filter, order, fields, keyset pages, the bin, and a total where it is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

import msgspec

from relata.engine.query.aggregate import count
from relata.engine.query.request import DEFAULT_LIMIT, MAX_LIMIT, Aggregate, Query, parse_order
from relata.engine.ui.past_values import end_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call

#: The parameters of a list, with what they are for.
PARAMETERS = {
    "where": 'A filter: the expression language, such as stage = "won" and amount > 10000, or its JSON tree.',
    "order": "Fields or paths to sort by, separated by commas; a minus before one sorts it downwards.",
    "fields": "Fields or paths to answer with, separated by commas, such as name,account.name. Left out: all.",
    "limit": f"Records on a page, 1 to {MAX_LIMIT}; {DEFAULT_LIMIT} if left out.",
    "after": "The `next` or `previous` of an answer, for the page after or before it.",
    "deleted": "true lists the bin in place of the living records.",
    "as_on": "A past day, such as 2026-09-30: the records as they were at its end, where you are.",
    "count": "exact adds `total`, the number of records that the filter finds.",
}
_NAMES = tuple(PARAMETERS)
_REMEMBERED_BYTES = 1000


class Asked(msgspec.Struct, frozen=True):
    """A list that was asked for."""

    query: Query
    with_total: bool
    as_on: date | None = None


async def list_records(call: Call) -> Answer:
    """A page of records."""

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        asked = (
            _asked(one.name, call.query) if len(call.query) < _REMEMBERED_BYTES else read_asked(one.name, call.query)
        )
        query = asked.query
        if asked.as_on is not None:
            query = replace(query, as_on=end_of(work, asked.as_on))
        page = await work.query(query)
        if not asked.with_total:
            return answers.page(page.json(), page.next, page.previous)
        total = await count(
            work.unit.connection,
            work.context.ground,
            work.actor,
            Aggregate(one.name, where=query.where, deleted=query.deleted, as_on=query.as_on),
        )
        return answers.page(page.json(), page.next, page.previous, total=total)

    return await call.read(attempt)


def read_asked(object_name: str, query: bytes) -> Asked:
    """The list that the query's parameters ask for."""
    found = parameters.read(query, _NAMES)
    limit = parameters.whole(found, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    return Asked(
        Query(
            object_name,
            parameters.expression(found.get("where")),
            parse_order(found.get("order", "")),
            parameters.listed(found, "fields"),
            limit,
            found.get("after", ""),
            parameters.yes(found, "deleted"),
        ),
        parameters.one_of(found, "count", ("exact",)) == "exact",
        parameters.day(found, "as_on"),
    )


#: Programs ask the same lists again and again; reading one anew costs as much as its answer's JSON.
_asked = lru_cache(maxsize=2000)(read_asked)
