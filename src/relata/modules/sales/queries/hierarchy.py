"""The companies below a company, as far as the reader sees them."""

from __future__ import annotations

from uuid import UUID

from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import ACCOUNT
from relata.modules.sales.queries.knowing import one_of

#: No group is deeper, and no more of its companies are added up.
DEEPEST, MOST = 12, 2000


async def companies_below(work: Workspace, account: UUID) -> list[UUID]:
    """All below at any depth, nearest first, without the account itself; a ring of parents ends where it began."""
    known: dict[UUID, None] = {account: None}
    level = [account]
    for _depth in range(DEEPEST):
        found: list[UUID] = []
        for start in range(0, len(level), MAX_LIMIT):
            part = one_of("parent", level[start : start + MAX_LIMIT])
            page = await work.query(Query(ACCOUNT, part, fields=("id",), limit=MAX_LIMIT))
            found += [row[0] for row in page.rows if row[0] not in known]
        known.update(dict.fromkeys(found))
        level = found
        if not level or len(known) > MOST:
            break
    return list(known)[1 : MOST + 1]
