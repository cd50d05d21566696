"""Finding records of any object by words."""

from __future__ import annotations

from relata.engine.search.find import search
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call

#: The parameters of a search.
PARAMETERS = {
    "q": "Words, beginnings of words, or parts of them.",
    "objects": "Plural names of the objects to search, separated by commas; all if left out.",
    "limit": "Hits, 1 to 100; 20 if left out.",
}
_LONGEST = 500


async def search_records(call: Call) -> Answer:
    """The best hits of all objects together."""
    found = call.parameters(PARAMETERS)
    limit = parameters.whole(found, "limit", 20, 1, 100)
    words = found.get("q", "")
    if len(words) > _LONGEST:
        raise Invalid(f"A search has at most {_LONGEST} characters.", code="too_long", field="q", hint="Shorten it.")

    async def attempt(work: Workspace) -> Answer:
        names = [
            work.readable_object(work.registry.by_path(path).name).name for path in parameters.listed(found, "objects")
        ]
        hits = await search(
            work.unit.connection, work.context.ground, work.actor, words, objects=names or None, limit=limit
        )
        return answers.json({"data": hits})

    return await call.read(attempt)
