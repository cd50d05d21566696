"""All scores of an object anew: each night, since points fade and days pass, and after its rules changed."""

from __future__ import annotations

from relata.engine.automation.scoring.behaving import log_behaviour
from relata.engine.automation.scoring.fitting import log_fit
from relata.engine.automation.scoring.names import ENTRY
from relata.engine.automation.scoring.rules import BEHAVIOUR, GRADE, SCORE, is_scored, ready
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.workspace.workspace import Workspace


async def rescore_all(work: Workspace) -> None:
    """Every object that is scored."""
    for one in list(work.registry.objects.values()):
        if is_scored(one):
            await rescore(work, one)


async def rescore(work: Workspace, one: Object) -> None:
    """Every record of the object. Without rules the log is emptied, and the scores with it."""
    found = ready(work.context, one)
    if not found.are_any and await work.first(ENTRY) is None:
        return
    after = ""
    while True:
        page = await work.query(Query(one.name, None, fields=("id",), limit=MAX_LIMIT, after=after))
        records = await work.get_many(one.name, [row[0] for row in page.rows], lock=True)
        await log_behaviour(work, one, [record.id for record in records])
        await log_fit(work, one, {record.id: record.values for record in records})
        await work.conclude()  # scores follow what they did
        if found.are_any:
            now = await work.get_many(one.name, [record.id for record in records])
            # asked for as empty, the score becomes what the rules say
            await work.change_many(one.name, [(record, {SCORE: None}) for record in now])
        else:
            empty = {SCORE: None, BEHAVIOUR: None, GRADE: None}
            await work.change_many(one.name, [(record.id, empty) for record in records])
        after = page.next
        if not after:
            return
