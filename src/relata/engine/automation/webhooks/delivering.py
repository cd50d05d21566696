"""Deliveries on their way: claimed in one transaction, sent between two, told in the next. Each keeps its id in every
attempt, so that the receiver knows it again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from relata.engine.automation.flows.runs import sealed_text
from relata.engine.automation.webhooks.bodies import TEST, Due, bodies
from relata.engine.automation.webhooks.objects import WEBHOOK
from relata.engine.automation.webhooks.releasing import released
from relata.engine.automation.webhooks.secrets import secrets_of
from relata.engine.automation.webhooks.signing import signed
from relata.engine.collaboration.telling import as_person
from relata.engine.fetching.client import Guard
from relata.engine.identity.sealing import NoSealer, Sealer
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

#: Deliveries of one transaction, and requests at once.
BATCH = 10
SECONDS, LEASE_SECONDS, PUMP_SECONDS = 15.0, 40, 20.0
#: The pauses between attempts; the last one is repeated until a day is over.
PAUSES = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600)
#: A webhook that has failed for so long is switched off.
PATIENCE = timedelta(days=1)
_EXCERPT = 1000
_GONE = 410

_CLAIM = """
    update {schema}._webhook_delivery d set attempts = attempts + 1, token = %(token)s,
        next_at = now() + interval '{lease} seconds'
    from (select id from {schema}._webhook_delivery where webhook = %(webhook)s and state = 'waiting'
          and next_at <= now() order by next_at, id limit {batch} for update skip locked) n
    where d.id = n.id
    returning d.id, type, feed, feed_until, object, record, attempts, created_at, give_up_at, token, bulk
"""
_SETTLE = """
    update {schema}._webhook_delivery set state = %(state)s, status = %(status)s, milliseconds = %(milliseconds)s,
        message = %(message)s, sealed = %(sealed)s, next_at = coalesce(%(next_at)s, next_at), token = null,
        ended_at = case when %(state)s = 'waiting' then null else now() end
    where id = %(id)s and token = %(token)s
"""
_STATE = """
    insert into {schema}._webhook_state as known (webhook, failing_since, succeeded_at)
    values (%(webhook)s, case when %(failed)s then now() end, case when %(worked)s then now() end)
    on conflict (webhook) do update set
        failing_since = case when %(worked)s then null else coalesce(known.failing_since, excluded.failing_since) end,
        succeeded_at = coalesce(excluded.succeeded_at, known.succeeded_at)
    returning failing_since
"""

Tell = Callable[[Workspace, UUID, str, AnyTarget | None], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came of an attempt. outcome: delivered, failed (another attempt follows) or gone (no further ones)."""

    due: Due
    body: bytes
    outcome: str
    status: int | None
    milliseconds: int
    message: str = ""
    excerpt: str = ""
    pause: int = 0


@dataclass(frozen=True)
class Deliverer:
    """Hands over what webhooks have to tell. tell: tells a person something about a record."""

    door: Door
    guard: Guard | None
    tell: Tell
    sealer: Sealer = field(default_factory=NoSealer)

    async def pump(self, key: str, webhook: UUID) -> datetime | None:
        """All that is due for one webhook; when the next delivery is due, None where nothing waits."""
        began = time.monotonic()
        while time.monotonic() - began < PUMP_SECONDS:
            sent = await self.batch(key, webhook)
            if sent is None:
                return None
            if not sent:
                break
        async with self.door.open(key, None, via="automation", read_only=True) as work:
            row = await work.unit.connection.fetch_one(
                f"select min(next_at) from {quoted(work.context.schema)}._webhook_delivery where webhook = %s"
                " and state = 'waiting'",
                (webhook,),
            )
        return row[0] if row else None

    async def batch(self, key: str, webhook: UUID) -> int | None:
        """One claim and its requests; how many deliveries were looked at, None for a webhook that is off."""
        claimed = await self.door.run(key, None, lambda work: self._claim(work, webhook), via="automation")
        if claimed is None:
            return None
        url, secrets, pairs, count = claimed
        sent = await asyncio.gather(*(self._send(url, secrets, due, body) for due, body in pairs))
        if sent:
            await self.door.run(key, None, lambda work: self._settle(work, webhook, list(sent)), via="automation")
        return count

    async def _claim(
        self, work: Workspace, webhook: UUID
    ) -> tuple[str, list[str], list[tuple[Due, bytes]], int] | None:
        found = (await work.get_many(WEBHOOK, [webhook]))[:1]
        if not found or found[0].is_deleted or found[0]["state"] != "active":
            return None
        record, schema = found[0], quoted(work.context.schema)
        rows = await work.unit.connection.fetch(
            _CLAIM.format(schema=schema, lease=LEASE_SECONDS, batch=BATCH), {"webhook": webhook, "token": new_id()}
        )
        claimed = sorted((Due(*row) for row in rows), key=lambda one: one.id)
        due = await released(work, webhook, claimed)
        if claimed and not due:
            return record["url"], [], [], len(claimed)
        if not due:
            return record["url"], [], [], 0
        subscriber = record["subscriber"]
        seeing = await as_person(work, self.door.actors, subscriber) if subscriber else None
        if seeing is None:
            because = _("As whose eyes it sees may not work here any more. Let somebody else take it over.")
            await self._disable(work, record, because)
            return None
        try:
            said = await bodies(seeing, due, record["condition"] or "")
        except RelataError as error:
            await self._disable(work, record, _("Its condition can't be asked: %(why)s") % {"why": error.message})
            return None
        left = [one.id for one in due if one.id not in said]
        if left:
            await work.unit.connection.execute(
                f"update {schema}._webhook_delivery set state = 'skipped', ended_at = now(), token = null"
                " where id = any(%s)",
                (left,),
            )
        secrets = await secrets_of(work.unit.connection, self.sealer, work.context.schema, webhook)
        return record["url"], secrets, [(one, said[one.id]) for one in due if one.id in said], len(claimed)

    async def _send(self, url: str, secrets: list[str], due: Due, body: bytes) -> _Sent:
        """One request. Never raises for what the other side does."""
        started = time.monotonic()

        def spent() -> int:
            return int((time.monotonic() - started) * 1000)

        if self.guard is None:
            return _Sent(due, body, "failed", None, 0, _("Nothing can be sent here."))
        headers = {
            "content-type": "application/json", "user-agent": "Relata",
            **signed(secrets, str(due.id), int(time.time()), body),
        }  # fmt: skip
        try:
            answer = await self.guard.fetch(
                url, method="POST", headers=headers, body=body, seconds=SECONDS, limit_bytes=100_000
            )
        except RelataError as error:
            return _Sent(due, body, "failed", None, spent(), f"{error.message} {error.hint or ''}".strip())
        excerpt = answer.body[:_EXCERPT].decode("utf-8", "replace").replace("\x00", "")
        if answer.is_ok:
            return _Sent(due, body, "delivered", answer.status, spent(), "", excerpt)
        outcome = "gone" if answer.status == _GONE else "failed"
        message = _("The other server answered %(status)s.") % {"status": answer.status}
        after = answer.headers.get("retry-after", "")
        pause = min(int(after), 3600) if after.isdecimal() and len(after) < 6 else 0
        return _Sent(due, body, outcome, answer.status, spent(), message, excerpt, pause)

    async def _settle(self, work: Workspace, webhook: UUID, sent: list[_Sent]) -> None:
        schema = quoted(work.context.schema)
        for one in sent:
            again = _again(one)
            state = "delivered" if one.outcome == "delivered" else "waiting" if again else "failed"
            kept = {"body": one.body.decode(), "answer": one.excerpt}
            values = {
                "state": state, "status": one.status, "milliseconds": one.milliseconds, "message": one.message[:500],
                "sealed": await sealed_text(work, one.due.record or one.due.id, kept), "next_at": again,
                "id": one.due.id, "token": one.due.token,
            }  # fmt: skip
            await work.unit.connection.execute(_SETTLE.format(schema=schema), values)
        counted = [one for one in sent if one.due.type != TEST or one.outcome == "delivered"]
        if not counted:
            return
        worked = any(one.outcome == "delivered" for one in counted)
        row = await work.unit.connection.fetch_one(
            _STATE.format(schema=schema), {"webhook": webhook, "failed": not worked, "worked": worked}
        )
        since = row[0] if row else None
        if any(one.outcome == "gone" for one in counted):
            await self._give_up(work, webhook, _("The other server said that the address is gone (410)."))
        elif since is not None and since <= datetime.now(UTC) - PATIENCE:
            await self._give_up(work, webhook, _("Nothing could be delivered for a day."))

    async def _give_up(self, work: Workspace, webhook: UUID, because: str) -> None:
        record = await work.get(WEBHOOK, webhook, lock=True, deleted=None)
        if record["state"] == "active":
            await self._disable(work, record, because)

    async def _disable(self, work: Workspace, record: Record, because: str) -> None:
        """Switch it off and say so. What waits is kept until its day is over."""
        await work.change(record, {"state": "disabled", "disabled_because": because[:300]})
        for person in {record["owner"], record["subscriber"]} - {None}:
            text = _("The webhook %(name)s was switched off. %(why)s") % {"name": record["name"], "why": because}
            await self.tell(work, person, text[:300], AnyTarget(WEBHOOK, record.id))


def _again(one: _Sent) -> datetime | None:
    """When the next attempt is due; None where there is none."""
    if one.outcome != "failed" or one.due.type == TEST:
        return None
    pause = PAUSES[min(one.due.attempts, len(PAUSES)) - 1] * random.uniform(0.9, 1.2)
    found = datetime.now(UTC) + timedelta(seconds=max(pause, one.pause))
    return found if found < one.due.give_up_at else None


async def clear_away(work: Workspace, *, days: int = 14, most: int = 5000) -> int:
    """Forget what was delivered long ago, and give up what waits for webhooks that are off."""
    schema = quoted(work.context.schema)
    connection = work.unit.connection
    await connection.execute(
        f"update {schema}._webhook_delivery set state = 'failed', ended_at = now() where state = 'waiting'"
        " and give_up_at < now() - interval '1 hour'"
    )
    rows = await connection.fetch(
        f"delete from {schema}._webhook_delivery where id in (select id from {schema}._webhook_delivery"
        f" where ended_at < now() - make_interval(days => %s) order by ended_at limit %s) returning id",
        (days, most),
    )
    gone = [key for (key,) in rows]
    if gone:
        await connection.execute(f"delete from {schema}._record_key where record = any(%s)", (gone,))
    return len(gone)
