"""Who does not want to be watched: their records say so, and then nobody notes whether they opened a mail."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from relata.engine.formula import all_of, parse
from relata.engine.messaging.mail.filing import records_of
from relata.engine.messaging.mail.outgoing.people import email_field
from relata.engine.messaging.mail.templates.filling import one_of
from relata.engine.query.request import Query
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


async def watched(work: Workspace, mailbox: Record, addresses: Iterable[str]) -> tuple[set[str], set[str]]:
    """Of which of these it is noted that they opened a mail of this mailbox, and that they followed a link in it: where
    workspace and mailbox say so, and nobody whose address it is says otherwise. work: the system's."""
    opens, clicks = (work.settings.mail_tracking and bool(mailbox[f"tracks_{what}"]) for what in ("opens", "clicks"))
    if not opens and not clicks:
        return set(), set()
    everybody = set(addresses)
    open_ones = everybody - await _private(work, everybody)
    return open_ones if opens else set(), open_ones if clicks else set()


async def _private(work: Workspace, addresses: Iterable[str]) -> set[str]:
    """Those of somebody who is not to be watched. Asked with every right."""
    known = await records_of(work, addresses)
    asked: dict[str, list[UUID]] = {}
    for targets in known.values():
        for target in targets:
            asked.setdefault(target.object, []).append(target.id)
    private: set[UUID] = set()
    for name, ids in asked.items():
        field = email_field(work.registry.get(name))
        if field is None or not field.unwatched:
            continue
        where = all_of([one_of("id", ids), parse(field.unwatched)])
        private |= {row[0] for row in (await work.query(Query(name, where, fields=("id",), limit=500))).rows}
    return {address for address, targets in known.items() if any(target.id in private for target in targets)}
