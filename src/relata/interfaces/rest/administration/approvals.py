"""Processes of approval: made, changed, tried and removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.approvals.administration import Approvals, require_manage
from relata.engine.automation.approvals.process import Process, encode, process_named, processes
from relata.engine.automation.approvals.sentences import sentence_of
from relata.engine.automation.approvals.trying import Trial, attempt
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route


class TryBody(msgspec.Struct, forbid_unknown_fields=True):
    """record: of the process's object. submitter: who would ask; the record's owner if left out."""

    record: UUID
    submitter: UUID | None = None


async def list_processes(call: Call) -> Answer:
    """All processes, each with a sentence that says what it does."""
    call.parameters()

    async def read(work: Workspace) -> Answer:
        require_manage(work)
        found = processes(work.context)
        return answers.json({"data": [await _shown(work, name, one) for name, one in found.items()]})

    return await call.read(read)


async def get_process(call: Call) -> Answer:
    """One process."""
    call.parameters()

    async def read(work: Workspace) -> Answer:
        require_manage(work)
        return answers.json(await _shown(work, call.names["name"], process_named(work.context, call.names["name"])))

    return await call.read(read)


async def put_process(call: Call) -> Answer:
    """Make or replace a process. Requests that wait go on as they began."""
    call.parameters()
    name = call.names["name"]
    body = call.shaped(Process)
    await Approvals.beside(await call.office()).put(name, encode(body))

    async def read(work: Workspace) -> Answer:
        return answers.json(await _shown(work, name, process_named(work.context, name)))

    return await call.read(read)


async def delete_process(call: Call) -> Answer:
    """Remove a process. 409 while requests wait in it."""
    call.parameters()
    await Approvals.beside(await call.office()).delete(call.names["name"])
    return answers.empty()


async def try_process(call: Call) -> Answer:
    """Who would have to decide about a record, step by step; nothing is written."""
    call.parameters()
    body = call.shaped(TryBody)

    async def read(work: Workspace) -> Answer:
        require_manage(work)
        process = process_named(work.context, call.names["name"])
        return answers.json(_tried(await attempt(work, process, body.record, body.submitter)))

    return await call.read(read)


async def _shown(work: Workspace, name: str, process: Process) -> dict[str, Any]:
    return {"name": name, **encode(process), "sentence": await sentence_of(work, process)}


def _tried(trial: Trial) -> dict[str, Any]:
    return {
        "fits": trial.fits,
        "steps": [
            {
                "step": one.number,
                "name": one.step.name,
                "is_needed": one.is_needed,
                "is_stuck": one.is_stuck,
                "due_at": one.due,
                "people": [person for chosen in one.chosen for person in chosen.people],
                "skipped": [{"person": person, "why": why} for chosen in one.chosen for person, why in chosen.skipped],
            }
            for one in trial.steps
        ],
    }


ROUTES = (
    Route("GET", "/admin/approvals", list_processes),
    Route("GET", "/admin/approvals/{name}", get_process),
    Route("PUT", "/admin/approvals/{name}", put_process),
    Route("DELETE", "/admin/approvals/{name}", delete_process),
    Route("POST", "/admin/approvals/{name}/try", try_process),
)
