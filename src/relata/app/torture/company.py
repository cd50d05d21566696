"""The workspace that is tortured: an administrator with a key, an account that all fight for, a crowd to change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.app.assembly import MAIN, House
from relata.engine.identity import accounts, keys, memberships
from relata.engine.transfer.bulk.order import Order
from relata.engine.transfer.bulk.running import start
from relata.engine.workspace.workspace import Workspace

#: More than one transaction of a bulk change takes, so that a worker goes on with it chunk by chunk.
CROWD = 1600
_ADDRESS = "torture@relata.example"


@dataclass(frozen=True, slots=True)
class Company:
    """key: an API key of somebody who may do everything. shared: the account that all records hang on."""

    key: str
    person: UUID
    shared: UUID


async def found(house: House) -> Company:
    """A company in a database where there is none yet."""
    await house.migrate()
    await house.ensure_workspace(MAIN, "Torture", currency="EUR")
    async with house.door.open(MAIN, None, via="setup") as work:
        person = await work.create("user", {"name": "Tess", "email": _ADDRESS, "roles": ["admin"], "status": "active"})
        account = await accounts.create(work.unit.connection, _ADDRESS, "only a torture signs in with this")
        await memberships.join(work.unit.connection, account, work.context.id, person.id)
        _, key = await keys.create(work.unit.connection, work.context.id, person.id, "Torture")
        shared = await work.create("account", {"name": "Fought for"})
    async with house.door.open(MAIN, None, via="setup") as work:
        rows = [{"name": {"last": f"Crowd {at}"}, "reference": f"crowd-{at}"} for at in range(CROWD)]
        await work.create_many("contact", rows)
    return Company(key, person.id, shared.id)


async def change_crowd(house: House, company: Company, mark: str) -> UUID:
    """Begins a bulk change of all the crowd; its id, once it is committed."""

    async def begin(work: Workspace) -> UUID:
        where = 'reference starts "crowd-"'
        order = Order("contact", "change", where=where, values={"department": mark})
        return (await start(work, house.queue, order)).id

    return await house.door.run(MAIN, company.person, begin, via="web")
