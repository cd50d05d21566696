"""Who does not want to be watched: their records say so, and then nobody notes whether they opened a mail."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from relata.engine.formula import all_of, parse
from relata.engine.messaging.mail.filing import records_of
from relata.engine.messaging.mail.outgoing.people import email_field
from relata.engine.messaging.mail.templates.filling import one_of
from relata.engine.query.request import Query
from relata.engine.workspace.workspace import Workspace


async def wants_privacy(work: Workspace, addresses: Iterable[str]) -> bool:
    """Whether one of these is the address of somebody who is not to be watched. Asked with every right. work: the
    system's."""
    asked: dict[str, list[UUID]] = {}
    for targets in (await records_of(work, addresses)).values():
        for target in targets:
            asked.setdefault(target.object, []).append(target.id)
    for name, ids in asked.items():
        field = email_field(work.registry.get(name))
        if field is None or not field.unwatched:
            continue
        where = all_of([one_of("id", ids), parse(field.unwatched)])
        if (await work.query(Query(name, where, fields=("id",), limit=1))).rows:
            return True
    return False
