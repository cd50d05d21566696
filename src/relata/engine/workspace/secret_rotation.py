"""New keys for secret fields: everything is encrypted again, while people work, and the old keys are destroyed.

A process loads keys with the workspace's definitions, so it knows a new one within `CHECK_SECONDS`. Until all do,
nothing is written that they could not open.
"""

from __future__ import annotations

import asyncio

from relata.engine.secrets import workspace_keys
from relata.engine.workspace.configure import tell_others
from relata.engine.workspace.door import CHECK_SECONDS, Door
from relata.engine.workspace.secret_fields import encrypt_again, left_behind
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Bug

_PURPOSES = ("field", "match")


async def renew_secret_keys(door: Door, key: str, *, settle_seconds: float = 2 * CHECK_SECONDS) -> int:
    """How many cells were encrypted again. Bug where some don't open, and the old keys stay."""
    schema = (await door.context(key)).schema
    async with door.database.transaction() as connection:
        numbers = {what: await workspace_keys.renew(connection, schema, door.ring, what) for what in _PURPOSES}
        await tell_others(connection, schema)
    door.forget(key)
    await asyncio.sleep(settle_seconds)
    total = 0
    for one in (await door.context(key)).registry.objects.values():
        for name in sorted(one.secret_fields):
            total += await _field(door, key, one.name, name)
    await asyncio.sleep(settle_seconds / 2)  # who began with the old key has ended, or is found now
    for one in (await door.context(key)).registry.objects.values():
        for name in sorted(one.secret_fields):
            total += await _field(door, key, one.name, name)
    await door.run(key, None, _all_new)
    async with door.database.transaction() as connection:
        for what, number in numbers.items():
            await workspace_keys.drop_older(connection, schema, what, number)
        await tell_others(connection, schema)
    door.forget(key)
    return total


async def _field(door: Door, key: str, object_name: str, name: str) -> int:
    total = 0

    async def some(work: Workspace) -> int:
        return await encrypt_again(work, object_name, name)

    while done := await door.run(key, None, some):
        total += done
    return total


async def _all_new(work: Workspace) -> None:
    """Before keys are destroyed: nothing lies under them any more."""
    if left := await left_behind(work):
        raise Bug(f"{left} secrets could not be opened; the old keys stay.")
