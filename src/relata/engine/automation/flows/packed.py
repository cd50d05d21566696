"""Flows in packages of the configuration: what the version says that runs, or the newest draft. One that is new stays a
draft until somebody publishes it; one that runs already goes on with what the package says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.flows.definition import Body, encode
from relata.engine.automation.flows.keeping import check_right, draft_from, publish, versions
from relata.engine.automation.flows.objects import FLOW, MANAGE, VERSION
from relata.engine.metadata.packed import PackedRecords
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound


class _Packed(msgspec.Struct, frozen=True):
    name: str
    flow: Body
    purpose: str = ""


async def _gather(work: Workspace) -> dict[str, dict[str, Any]]:
    if not work.actor.rights.permits(MANAGE):
        return {}
    found = {}
    for record in await work.as_system().find(FLOW):
        known = await versions(work, record.id)
        shown = next((one for one in known if one.state == "active"), known[0] if known else None)
        if shown is not None and record["state"] != "archived":
            told = {"name": record["name"], "purpose": record["purpose"] or "", "flow": encode(shown.body)}
            found[str(record.id)] = msgspec.json.decode(msgspec.json.encode(told))
    return found


def _check(body: dict[str, Any]) -> None:
    msgspec.convert(body, _Packed)


async def _store(work: Workspace, key: UUID, body: dict[str, Any] | None) -> None:
    await check_right(work)
    everything = work.as_system()
    found = await everything.get_many(FLOW, [key])
    if body is None:
        if found:
            await everything.delete(found[0])
        return
    packed = msgspec.convert(body, _Packed)
    values = {"name": packed.name, "purpose": packed.purpose or None}
    if not found:
        try:
            found = [await everything.restore(await everything.get(FLOW, key, deleted=True))]
        except NotFound:
            await everything.create(FLOW, {**values, "owner": work.actor.user}, record_id=key)
            first = {"flow": key, "number": 1, "state": "draft", "body": encode(packed.flow)}
            await everything.create(VERSION, first)
            return
    record = await everything.change(found[0], values)
    await draft_from(work, key, packed.flow)
    if record["state"] == "active" and work.actor.user is not None:
        await publish(work, key)


PACKED = PackedRecords(FLOW, MANAGE, _gather, _check, _store)
