"""Webhooks: made, changed, tested, and what they sent. A secret is told once, where it is made."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec

from relata.engine.automation.webhooks import keeping, watching
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route

DELIVERIES = {
    "state": f"One of: {', '.join(watching.STATES)}.",
    "before": "The id of the last delivery of the page before.",
    "limit": "Deliveries a page, 1 to 200; 50 if left out.",
}


class WebhookBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """objects: names. condition: over the one object; with several there is none. What a change leaves out
    stays."""

    name: str | None = None
    url: str | None = None
    objects: list[str] | None = None
    happens: list[Literal["created", "changed", "deleted", "restored"]] | None = None
    condition: str | None = None


class WebhookStateBody(msgspec.Struct, forbid_unknown_fields=True):
    """active: what waits is told now."""

    state: Literal["active", "paused"]


async def list_webhooks(call: Call) -> Answer:
    """All webhooks with their figures of the last week."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        found = await keeping.webhooks(work)
        figures = await watching.health(work, [one.id for one in found])
        return answers.json({"data": [_shown(one, figures[one.id]) for one in found]})

    return await call.read(attempt)


async def create_webhook(call: Call) -> Answer:
    """A webhook that tells what the caller may see, with its secret, which nobody sees again."""
    call.parameters()
    wish = _wish(call.shaped(WebhookBody), None)

    async def attempt(work: Workspace) -> Answer:
        record, secret = await keeping.make_webhook(work, call.sealer, wish)
        return answers.json({**_shown(record), "secret": secret}, 201)

    return await call.write(attempt)


async def get_webhook(call: Call) -> Answer:
    """One webhook."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        record = await keeping.webhook_of(work, _id(call))
        return answers.json(_shown(record, (await watching.health(work, [record.id]))[record.id]))

    return await call.read(attempt)


async def change_webhook(call: Call) -> Answer:
    """Another address or other wishes. 409 for who is not its subscriber: they take it over first."""
    call.parameters()
    body = call.shaped(WebhookBody)

    async def attempt(work: Workspace) -> Answer:
        before = await keeping.webhook_of(work, _id(call))
        return answers.json(_shown(await keeping.save_webhook(work, before.id, _wish(body, before))))

    return await call.write(attempt)


async def delete_webhook(call: Call) -> Answer:
    """Nothing is told any more."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        await keeping.delete_webhook(work, _id(call))
        return answers.empty()

    return await call.write(attempt)


async def rotate_secret(call: Call) -> Answer:
    """A new secret; for a day both sign."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"secret": await keeping.rotate_secret(work, call.sealer, _id(call))})

    return await call.write(attempt)


async def turn_webhook(call: Call) -> Answer:
    """Switch it on or pause it."""
    call.parameters()
    body = call.shaped(WebhookStateBody)
    return await call.write(lambda work: _turned(call, work, body.state))


async def _turned(call: Call, work: Workspace, state: str) -> Answer:
    return answers.json(_shown(await keeping.turn(work, call.jobs, _id(call), state)))


async def take_over(call: Call) -> Answer:
    """From now on it tells what the caller may see."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json(_shown(await keeping.take_over(work, _id(call))))

    return await call.write(attempt)


async def send_test(call: Call) -> Answer:
    """One delivery that says nothing; its id."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"delivery": await keeping.send_test(work, call.jobs, _id(call))}, 202)

    return await call.write(attempt)


async def list_deliveries(call: Call) -> Answer:
    """The log of one webhook, newest first, without what was sent."""
    given = call.parameters(DELIVERIES)
    state = parameters.one_of(given, "state", watching.STATES)
    limit, before = parameters.whole(given, "limit", 50, 1, 200), parse_id(given.get("before"))

    async def attempt(work: Workspace) -> Answer:
        found = await watching.deliveries(work, _id(call), state=state, before=before, limit=limit)
        return answers.json({"data": [_line(one) for one in found]})

    return await call.read(attempt)


async def get_delivery(call: Call) -> Answer:
    """One delivery with what was sent and answered, for its subscriber and who reads the audit log."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        found = await watching.delivery_of(work, _id(call))
        return answers.json({**_line(found), "body": found.body, "answer": found.answer})

    return await call.read(attempt)


async def redeliver(call: Call) -> Answer:
    """The same delivery once more, under its id. 409 while it waits."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"webhook": await keeping.deliver_again(work, call.jobs, _id(call))}, 202)

    return await call.write(attempt)


def _id(call: Call) -> UUID:
    found = parse_id(call.names["id"])
    if found is None:
        raise NotFound("There is no such webhook or delivery.", hint="An id looks like 01939f2e-….")
    return found


def _wish(body: WebhookBody, before: Record | None) -> keeping.Wish:
    """What is asked for; what a change leaves out is as it was."""

    def of(name: str, empty: Any) -> Any:
        value = getattr(body, name)
        if value is not None:
            return value
        return (before[name] if before is not None else None) or empty

    return keeping.Wish(
        of("name", ""), of("url", ""), tuple(of("objects", ())), tuple(of("happens", ())), of("condition", "")
    )


def _shown(one: Record, figures: watching.Health | None = None) -> dict[str, Any]:
    names = ("name", "url", "objects", "happens", "condition", "state", "disabled_because", "subscriber", "owner")
    shown = {"id": one.id, **{name: one[name] for name in names}}
    return shown if figures is None else {**shown, "health": figures}


def _line(one: watching.Delivery) -> dict[str, Any]:
    names = (
        "id", "webhook", "type", "object", "record", "state", "attempts", "created_at", "ended_at", "next_at",
        "status", "milliseconds", "message",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names}


ROUTES = (
    Route("GET", "/admin/webhooks", list_webhooks),
    Route("POST", "/admin/webhooks", create_webhook),
    Route("GET", "/admin/webhooks/{id}", get_webhook),
    Route("PATCH", "/admin/webhooks/{id}", change_webhook),
    Route("DELETE", "/admin/webhooks/{id}", delete_webhook),
    Route("PUT", "/admin/webhooks/{id}/state", turn_webhook),
    Route("POST", "/admin/webhooks/{id}/secret", rotate_secret),
    Route("POST", "/admin/webhooks/{id}/take-over", take_over),
    Route("POST", "/admin/webhooks/{id}/test", send_test),
    Route("GET", "/admin/webhooks/{id}/deliveries", list_deliveries),
    Route("GET", "/admin/webhook-deliveries/{id}", get_delivery),
    Route("POST", "/admin/webhook-deliveries/{id}/redeliver", redeliver),
)
