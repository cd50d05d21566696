"""Approvals of a record: what it can be submitted to, what became of it so far, and submitting it."""

from __future__ import annotations

import msgspec

from relata.engine.automation.approvals import submitting
from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.automation.approvals.process import label_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call


class SubmitBody(msgspec.Struct, forbid_unknown_fields=True):
    """process: its name; the first that fits if left out. comment: to those who decide."""

    process: str = ""
    comment: str = ""


async def list_approvals(call: Call) -> Answer:
    """The requests about the record, and the processes that it can be submitted to now."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await work.get(one.name, call.record_id(one))
        found = await work.find(REQUEST, about=record.id, order="-created_at", limit=100)
        fitting = await submitting.fitting(work, one.name, record.id)
        return answers.json(
            {
                "data": [await work.show(REQUEST, request.id) for request in found],
                "processes": [{"name": name, "label": label_of(name, process)} for name, process in fitting.items()],
            }
        )

    return await call.read(attempt)


async def submit_record(call: Call) -> Answer:
    """The request that waits now. 409 while the record waits already, 422 where it needs no approval."""
    call.parameters()
    body = call.shaped(SubmitBody)

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        request = await submitting.submit(work, one.name, call.record_id(one), body.process, body.comment[:10_000])
        return answers.json(await work.show(REQUEST, request.id), 201)

    return await call.write(attempt)
