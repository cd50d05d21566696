"""The change feed: everything that happened to the records that the caller sees, in an order that never changes."""

from __future__ import annotations

from relata.engine.history.feed import read_feed
from relata.engine.workspace.feeding import told
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call

#: The parameters of the feed.
PARAMETERS = {
    "after": "The `next` of an answer; left out: from the beginning.",
    "limit": "Changes that are looked at, 1 to 1000; 200 if left out. Hidden ones are left out of the answer.",
    "objects": "Plural names of the objects to tell about, separated by commas; all if left out.",
}
#: Rows that tell of no record's values.
_SILENT = ("announced", "configured")


async def change_feed(call: Call) -> Answer:
    """Changes and the cursor from which to go on; `more` says whether there is something already."""
    found = call.parameters(PARAMETERS)
    limit = parameters.whole(found, "limit", 200, 1, 1000)
    after = parameters.whole(found, "after", 0, 0, 2**62)

    async def attempt(work: Workspace) -> Answer:
        wanted = {
            work.readable_object(work.registry.by_path(path).name).name for path in parameters.listed(found, "objects")
        }
        changes = await read_feed(work.unit.connection, work.context.schema, after, limit)
        last = changes[-1].feed if changes else after
        near = [one for one in changes if one.action not in _SILENT and (not wanted or one.object in wanted)]
        return answers.json({"data": await told(work, near), "next": str(last), "more": len(changes) == limit})

    return await call.read(attempt)
