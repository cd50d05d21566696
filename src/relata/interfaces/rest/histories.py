"""What happened to a record, and where each of its values came from."""

from __future__ import annotations

from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.records import visible_record

#: The parameters of a history.
PARAMETERS = {
    "before": "The `next` of an answer, for older changes.",
    "limit": "Changes on a page, 1 to 200; 50 if left out.",
}


async def record_history(call: Call) -> Answer:
    """The record's changes, newest first."""
    found = call.parameters(PARAMETERS)
    limit = parameters.whole(found, "limit", 50, 1, 200)
    before = parameters.whole(found, "before", 2**62, 1, 2**62)

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await visible_record(work, one, call.record_id(one))
        entries = await work.history(record, before=before, limit=limit + 1)
        following = str(entries[limit - 1].id) if len(entries) > limit else ""
        return answers.json({"data": entries[:limit], "next": following or None})

    return await call.read(attempt)


async def record_provenance(call: Call) -> Answer:
    """For each value: who set it, when, through what."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await visible_record(work, one, call.record_id(one))
        return answers.json({"data": await work.provenance(record)})

    return await call.read(attempt)
