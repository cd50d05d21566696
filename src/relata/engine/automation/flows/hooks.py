"""Flows that a signed request from outside starts: its address, its secrets, and what is taken from what it sends."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from relata.engine.automation.flows.active import Published, active_flows
from relata.engine.automation.flows.inputs import inputs_of, kept_inputs
from relata.engine.automation.flows.keeping import check_right, flow_of, versions
from relata.engine.automation.flows.noticing import PUMP
from relata.engine.automation.flows.outside import at_path
from relata.engine.automation.flows.runs import sealed_text
from relata.engine.automation.flows.starting import Start, begin
from relata.engine.automation.flows.triggers import WebhookTrigger
from relata.engine.automation.webhooks import signing
from relata.engine.automation.webhooks.secrets import fresh_secret, secrets_of
from relata.engine.identity.sealing import Sealer
from relata.engine.jobs.queue import Queue
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Expired, Invalid, LimitReached, NotFound, Unavailable
from relata.foundation.i18n import gettext as _

MOST_BYTES = 256_000
#: Where requests arrive; the name of the hook follows.
PLACE = "/hooks"


def address(workspace: UUID, hook: UUID) -> str:
    """The path under which a hook is reached."""
    return f"{PLACE}/{base64.urlsafe_b64encode(workspace.bytes + hook.bytes).decode().rstrip('=')}"


def places(name: str) -> tuple[UUID, UUID]:
    """The workspace and the hook of a path's last part; NotFound for what is none."""
    try:
        raw = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)) if len(name) == 43 else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise _unknown()
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:])


async def hook_of(work: Workspace, flow: UUID) -> UUID | None:
    """The hook of a flow; None before its first secret. Needs manage_flows."""
    await check_right(work)
    row = await work.unit.connection.fetch_one(
        f"select id from {quoted(work.context.schema)}._flow_hook where flow = %s", (flow,)
    )
    return row[0] if row else None


async def open_hook(work: Workspace, sealer: Sealer, flow: UUID) -> tuple[UUID, str]:
    """The hook of a flow, made where there is none, and a new secret, which nobody sees again; an earlier one stays
    valid for a day. Conflict for a flow that something else starts."""
    await flow_of(work, flow, lock=True)
    if not isinstance((await versions(work, flow))[0].body.trigger, WebhookTrigger):
        raise Conflict(_("This flow is not started by requests."), code="no_hook")
    row = await work.unit.connection.fetch_one(
        f"insert into {quoted(work.context.schema)}._flow_hook (flow, id) values (%s, %s)"
        " on conflict (flow) do update set flow = excluded.flow returning id",
        (flow, uuid4()),
    )
    assert row is not None
    return row[0], await fresh_secret(work, sealer, flow)


async def arrive(
    work: Workspace, queue: Queue, sealer: Sealer, hook: UUID, headers: Mapping[str, str], body: bytes
) -> UUID:
    """A request: the run that it started, or that it had started before. headers: in small letters. work: the system's.
    Denied for a wrong signature or an old time, Invalid for what does not fit."""
    if len(body) > MOST_BYTES:
        raise LimitReached(_("The request is too large."), code="too_large", hint=_("At most 256 kB."))
    connection, schema = work.unit.connection, work.context.schema
    row = await connection.fetch_one(
        "select h.flow, f.state from {s}._flow_hook h join {s}.flow f on f.id = h.flow where h.id = %s and"
        " f.deleted_at is null".replace("{s}", quoted(schema)),
        (hook,),
    )
    if row is None:
        raise _unknown()
    flow, state = row
    key = signing.check(headers, body, await secrets_of(connection, sealer, schema, flow), time.time())
    one = await _published(work, flow, state)
    found = taken(one.body.trigger, body)
    cause = f"hook:{key}"
    await begin(work, [Start(one, cause)])
    started = await connection.fetch_one(
        f"select id, sealed is null and seq = 0 and started_at is null from {quoted(schema)}._flow_run where flow = %s"
        " and cause = %s",
        (flow, cause),
    )
    assert started is not None
    run, is_new = started
    if is_new and found:
        sealed = await sealed_text(work, run, kept_inputs(found))
        await connection.execute(f"update {quoted(schema)}._flow_run set sealed = %s where id = %s", (sealed, run))
    await queue.enqueue(connection, PUMP, {"schema": schema}, key=schema)
    result: UUID = run
    return result


async def _published(work: Workspace, flow: UUID, state: str) -> Published:
    found = await active_flows(work.unit.connection, work.context.schema)
    one = next((each for each in found if each.flow == flow and isinstance(each.body.trigger, WebhookTrigger)), None)
    if one is None and state == "paused":
        raise Unavailable(_("This flow is paused."), code="flow_paused", hint=_("Send it again later."))
    if one is None:
        raise Expired(_("This flow is not switched on."), code="flow_off")
    return one


def taken(trigger: Any, body: bytes) -> dict[str, object]:
    """The inputs in a body, by name; Invalid with each that does not fit. What is missing is empty."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid(_("The body is not JSON."), code="invalid_json") from None
    if not isinstance(content, dict):
        raise Invalid(_("The body is not a JSON object."), code="invalid_json")
    paths = {name: what.rpartition(":")[0] or name for name, what in trigger.inputs.items()}
    return inputs_of(trigger, {name: at_path(content, path) for name, path in paths.items()})


def _unknown() -> NotFound:
    return NotFound(_("There is nothing at this address."), code="unknown_hook")
