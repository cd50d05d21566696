"""Secrets of webhooks, those that leave and those that come in: shown once, kept sealed, and of two during a day when
they are changed."""

from __future__ import annotations

from uuid import UUID

from relata.engine.automation.webhooks.signing import new_secret
from relata.engine.identity.sealing import Sealer
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id

#: For so long an earlier secret stays valid beside a new one.
OVERLAP_HOURS = 24


def _place(schema: str, of: UUID, key: UUID) -> str:
    return f"webhook:{schema}:{of}:{key}"


async def fresh_secret(work: Workspace, sealer: Sealer, of: UUID) -> str:
    """A new secret for a webhook (or flow); the earlier one is valid for another day, those before it no more. The
    caller has asked for the right."""
    schema, key, text = quoted(work.context.schema), new_id(), new_secret()
    connection = work.unit.connection
    await work.lock(f"webhook secret {of}")
    await connection.execute(f"delete from {schema}._webhook_secret where of = %s and until is not null", (of,))
    await connection.execute(
        f"update {schema}._webhook_secret set until = now() + interval '{OVERLAP_HOURS} hours' where of = %s", (of,)
    )
    sealed = sealer.seal(text.encode(), _place(work.context.schema, of, key))
    await connection.execute(
        f"insert into {schema}._webhook_secret (id, of, sealed) values (%s, %s, %s)", (key, of, sealed)
    )
    await work.log("_webhook_secret", work.context.id, "configured", after={"of": str(of)})
    return text


async def secrets_of(connection: Connection, sealer: Sealer, schema: str, of: UUID) -> list[str]:
    """Those that are valid, the newest first."""
    rows = await connection.fetch(
        f"select id, sealed from {quoted(schema)}._webhook_secret where of = %s and (until is null or until > now())"
        " order by created_at desc, id desc",
        (of,),
    )
    return [sealer.unseal(bytes(sealed), _place(schema, of, key)).decode() for key, sealed in rows]


async def forget_secrets(work: Workspace, of: UUID) -> None:
    """None is valid any more."""
    await work.unit.connection.execute(
        f"delete from {quoted(work.context.schema)}._webhook_secret where of = %s", (of,)
    )
