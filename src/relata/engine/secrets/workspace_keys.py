"""The keys of one workspace, as a process holds them: for the log, for secret fields, for matching, for the seal."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relata.engine.secrets.ring import KEY_BYTES, KeyRing
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Bug

#: What each key is for. `log`: personal values in the log. `field`: secret fields. `match`: their hashes for equality.
#: `seal`: signs blocks of the log. `file`: content of files.
PURPOSES = ("log", "field", "match", "seal", "file")


@dataclass(frozen=True, slots=True, repr=False)
class WorkspaceKeys:
    """By purpose and number; the highest number is in use, the others read what is older."""

    schema: str
    secrets: Mapping[str, Mapping[int, bytes]]
    signers: Mapping[int, Ed25519PrivateKey] = field(default_factory=dict)

    def current(self, purpose: str) -> tuple[int, bytes]:
        """The number and the key in use; Bug before the workspace was migrated."""
        known = self.secrets.get(purpose)
        if not known:
            raise Bug(f"The workspace has no key for {purpose} yet.")
        number = max(known)
        return number, known[number]

    def of(self, purpose: str, number: int) -> bytes | None:
        """A key by its number; None for one that is not there."""
        return self.secrets.get(purpose, {}).get(number)


async def load(connection: Connection, schema: str, ring: KeyRing) -> WorkspaceKeys:
    """Unwrapped; empty for a workspace that is not migrated yet. Unavailable where a master key is missing."""
    exists = await connection.fetch_one("select to_regclass(%s)::text", (f"{quoted(schema)}._key",))
    if exists is None or exists[0] is None:
        return WorkspaceKeys(schema, {})
    found: dict[str, dict[int, bytes]] = {}
    for purpose, number, master, wrapped in await connection.fetch(
        f"select purpose, number, master, wrapped from {quoted(schema)}._key order by purpose, number"
    ):
        found.setdefault(purpose, {})[number] = ring.unwrap(master, bytes(wrapped), _about(purpose, number))
    signers = {number: Ed25519PrivateKey.from_private_bytes(key) for number, key in found.get("seal", {}).items()}
    return WorkspaceKeys(schema, found, signers)


async def ensure(connection: Connection, schema: str, ring: KeyRing) -> None:
    """Make the keys that the workspace lacks."""
    for purpose in PURPOSES:
        await connection.execute(
            f"insert into {quoted(schema)}._key (purpose, number, master, wrapped) values (%s, 1, %s, %s)"
            " on conflict do nothing",
            (purpose, ring.current, ring.wrap(secrets.token_bytes(KEY_BYTES), _about(purpose, 1))),
        )


async def bring(connection: Connection, schema: str, ring: KeyRing, purpose: str, number: int, secret: bytes) -> None:
    """Keep a key that comes from elsewhere, under this installation's master key."""
    await connection.execute(
        f"insert into {quoted(schema)}._key (purpose, number, master, wrapped) values (%s, %s, %s, %s)"
        " on conflict (purpose, number) do update set master = excluded.master, wrapped = excluded.wrapped",
        (purpose, number, ring.current, ring.wrap(secret, _about(purpose, number))),
    )


async def rewrap(connection: Connection, schema: str, ring: KeyRing) -> int:
    """Bring every key under the current master key; how many were under another one."""
    rows = await connection.fetch(
        f"select purpose, number, master, wrapped from {quoted(schema)}._key where master <> %s for update",
        (ring.current,),
    )
    for purpose, number, master, wrapped in rows:
        about = _about(purpose, number)
        again = ring.wrap(ring.unwrap(master, bytes(wrapped), about), about)
        await connection.execute(
            f"update {quoted(schema)}._key set master = %s, wrapped = %s where purpose = %s and number = %s",
            (ring.current, again, purpose, number),
        )
    return len(rows)


async def renew(connection: Connection, schema: str, ring: KeyRing, purpose: str) -> int:
    """A new key for a purpose, which is in use as soon as a process loads it; its number."""
    row = await connection.fetch_one(
        f"select max(number) + 1 from {quoted(schema)}._key where purpose = %s", (purpose,)
    )
    number = int(row[0]) if row and row[0] else 1
    await connection.execute(
        f"insert into {quoted(schema)}._key (purpose, number, master, wrapped) values (%s, %s, %s, %s)",
        (purpose, number, ring.current, ring.wrap(secrets.token_bytes(KEY_BYTES), _about(purpose, number))),
    )
    return number


async def drop_older(connection: Connection, schema: str, purpose: str, number: int) -> int:
    """Destroy the keys of a purpose below a number; how many. What still lies under them is gone."""
    return await connection.execute(
        f"delete from {quoted(schema)}._key where purpose = %s and number < %s", (purpose, number)
    )


def _about(purpose: str, number: int) -> str:
    return f"relata key {purpose} {number}"
