"""Flows: kept as files, published, paused, tried; and why one did not run."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from relata.engine.automation.flows import keeping, watching
from relata.engine.automation.flows.definition import Body, encode
from relata.engine.automation.flows.dry_run import dry_run
from relata.engine.automation.flows.explaining import why_not
from relata.engine.automation.flows.file import FlowFile, file_of
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.rehearsing import DAYS, rehearse
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route


class FlowStateBody(msgspec.Struct, forbid_unknown_fields=True):
    """active publishes the draft, as the caller; resumed takes up what was paused, as who published it."""

    state: Literal["active", "paused", "resumed", "archived"]


class FlowRecordBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """record: of the trigger's object; none for flows without one."""

    record: UUID | None = None


class FlowDaysBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """days: how far back."""

    days: int = DAYS


async def list_flows(call: Call) -> Answer:
    """All flows with their figures."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        found = await watching.flow_lines(work)
        return answers.json({"data": [{**_shown(one.flow), "health": one.health} for one in found]})

    return await call.read(attempt)


async def import_flow(call: Call) -> Answer:
    """A flow from a file, as a draft."""
    call.parameters()
    call.values()
    file = file_of(call.body)

    async def attempt(work: Workspace) -> Answer:
        made = await keeping.make_flow(work, file.name, file.flow, purpose=file.purpose)
        return answers.json(_shown(made), 201)

    return await call.write(attempt)


async def get_flow(call: Call) -> Answer:
    """One flow with its versions."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        record = await keeping.flow_of(work, _id(call))
        versions = [
            {"number": one.number, "state": one.state, "published_by": one.published_by,
             "published_at": one.published_at}
            for one in await keeping.versions(work, record.id)
        ]  # fmt: skip
        return answers.json({**_shown(record), "health": await watching.health_of(work, record.id),
                             "versions": versions})  # fmt: skip

    return await call.read(attempt)


async def export_flow(call: Call) -> Answer:
    """A version as a file, which another installation takes in."""
    call.parameters()
    text = call.names["number"]
    number = int(text) if text.isdecimal() and len(text) < 7 else 0

    async def attempt(work: Workspace) -> Answer:
        record = await keeping.flow_of(work, _id(call))
        found = await keeping.version(work, record.id, number)
        file = FlowFile(name=record["name"], purpose=record["purpose"] or "", flow=found.body)
        return answers.json({**msgspec.to_builtins(file), "flow": encode(found.body)})

    return await call.read(attempt)


async def write_draft(call: Call) -> Answer:
    """What the next version says."""
    call.parameters()
    body = call.shaped(Body)

    async def attempt(work: Workspace) -> Answer:
        draft = await keeping.draft_from(work, _id(call), body)
        return answers.json({"number": draft.number, "state": draft.state, "flow": encode(draft.body)})

    return await call.write(attempt)


async def turn_flow(call: Call) -> Answer:
    """Publish, pause, resume or archive. 422 with everything that keeps it from being published."""
    call.parameters()
    body = call.shaped(FlowStateBody)

    async def attempt(work: Workspace) -> Answer:
        flow = _id(call)
        if body.state == "active":
            await keeping.publish(work, flow)
        else:
            turn = {"paused": keeping.pause, "resumed": keeping.resume, "archived": keeping.archive}[body.state]
            await turn(work, flow)
        await call.pump(work)
        return answers.json(_shown(await keeping.flow_of(work, flow)))

    return await call.write(attempt)


async def explain_flow(call: Call) -> Answer:
    """Everything that decides whether the flow runs for a record."""
    call.parameters()
    body = call.shaped(FlowRecordBody)

    async def attempt(work: Workspace) -> Answer:
        if body.record is None:
            raise NotFound("Name the record.", hint="Send its id as record.")
        return answers.json({"data": await why_not(work, call.door.actors, _id(call), body.record)})

    return await call.read(attempt)


async def try_flow(call: Call) -> Answer:
    """What its newest version would do to a record, in a transaction that is rolled back."""
    call.parameters()
    asked = call.shaped(FlowRecordBody)
    body = (await call.read(lambda work: keeping.versions(work, _id(call))))[0].body
    if body.trigger.object and asked.record is None:
        raise NotFound("Name the record.", hint="Send its id as record.")
    found = await dry_run(call.door, await call.key(), Caller(call.credentials), body, asked.record, Ports())
    steps = [
        {"step": one.step, "state": one.state, "message": one.message, "detail": one.detail} for one in found.steps
    ]
    return answers.json({"starts": found.starts, "state": found.state, "message": found.message, "steps": steps})


async def rehearse_flow(call: Call) -> Answer:
    """On what of the last days its newest version would have started."""
    call.parameters()
    asked = call.shaped(FlowDaysBody)

    async def attempt(work: Workspace) -> Answer:
        body = (await keeping.versions(work, _id(call)))[0].body
        return answers.json(await rehearse(work, body, days=max(1, min(asked.days, 366))))

    return await call.read(attempt)


def _id(call: Call) -> UUID:
    found = parse_id(call.names["id"])
    if found is None:
        raise NotFound("There is no such flow.", hint="An id looks like 01939f2e-….")
    return found


def _shown(one: Record) -> dict[str, Any]:
    return {"id": one.id, **{name: one[name] for name in ("name", "purpose", "state", "paused_because", "owner")}}


ROUTES = (
    Route("GET", "/admin/flows", list_flows),
    Route("POST", "/admin/flows", import_flow),
    Route("GET", "/admin/flows/{id}", get_flow),
    Route("GET", "/admin/flows/{id}/versions/{number}", export_flow),
    Route("PUT", "/admin/flows/{id}/draft", write_draft),
    Route("PUT", "/admin/flows/{id}/state", turn_flow),
    Route("POST", "/admin/flows/{id}/why", explain_flow),
    Route("POST", "/admin/flows/{id}/try", try_flow),
    Route("POST", "/admin/flows/{id}/rehearse", rehearse_flow),
)
