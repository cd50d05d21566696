"""Idempotency-Key: a request that is repeated, because its answer got lost, does its work once.

A key belongs to a person and to one body. Its row is written in the transaction of the work, so both exist or neither
does, and a second request with the same key waits for the first. What is kept are ids, never values.
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

import msgspec

from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.rest.call import Call

#: How long an answer can be asked for again.
KEPT = "24 hours"
_PURGE_SECONDS = 600.0
_KEY = re.compile(r"^[\x21-\x7e]{1,200}$")
_last_purge: dict[str, float] = {}


async def begin(work: Workspace, call: Call) -> dict[str, Any] | None:
    """Claim the request's key, if it has one. What an earlier request with this key did, or None for the first.

    Conflict where the key was used with another request, or where the earlier request has not come to an end.
    """
    key = _key(call)
    if key is None:
        return None
    table, digest = f"{quoted(work.context.schema)}._idempotency", fingerprint(call)
    claimed = await work.unit.connection.fetch_one(
        f"insert into {table} as known (key, actor, request) values (%s, %s, %s) on conflict (key, actor) do update"
        " set request = excluded.request, result = null, created_at = now()"
        f" where known.created_at < now() - interval '{KEPT}' returning 1",
        (key, work.actor.user, digest),
    )
    if claimed is not None:
        await _purge(work.unit.connection, work.context.schema, table)
        return None
    row = await work.unit.connection.fetch_one(
        f"select request, result from {table} where key = %s and actor = %s", (key, work.actor.user)
    )
    assert row is not None
    if bytes(row[0]) != digest:
        raise Conflict(
            "This Idempotency-Key was used for another request.",
            code="idempotency_key",
            hint="Use a fresh key for each.",
        )
    if row[1] is None:
        raise Conflict(
            "The first request with this Idempotency-Key has not finished, or broke off in the middle.",
            code="idempotency_unfinished", hint="Look for what it did before you send it with another key.",
        )  # fmt: skip
    known: dict[str, Any] = row[1]
    return known


async def finish(work: Workspace, call: Call, result: dict[str, Any]) -> None:
    """Note what the request did, for the next one with its key."""
    key = _key(call)
    if key is not None:
        await work.unit.connection.execute(
            f"update {quoted(work.context.schema)}._idempotency set result = %s::jsonb where key = %s and actor = %s",
            (msgspec.json.encode(result).decode(), key, work.actor.user),
        )


def fingerprint(call: Call) -> bytes:
    """Equal for the same request."""
    address = "/".join(call.names.values())
    return hashlib.sha256(address.encode() + b"\0" + call.query + b"\0" + call.body).digest()


def _key(call: Call) -> str | None:
    text = call.headers.get(b"idempotency-key")
    if text is None:
        return None
    if not _KEY.match(text) or b"idempotency-key" in call.headers.repeated:
        raise Refusal(
            400, "idempotency_key", "This Idempotency-Key can't be used.", hint="Send up to 200 letters and digits."
        )
    return text


async def _purge(connection: Connection, schema: str, table: str) -> None:
    """Forget old keys now and then; at most a thousand at a time, so that nobody waits for it."""
    now = time.monotonic()
    if now - _last_purge.get(schema, 0.0) < _PURGE_SECONDS:
        return
    _last_purge[schema] = now
    await connection.execute(
        f"delete from {table} where (key, actor) in (select key, actor from {table}"
        f" where created_at < now() - interval '{KEPT}' order by created_at limit 1000 for update skip locked)"
    )
