"""Webhooks as people keep them: made, changed, tested, paused, taken over. Who writes the address is who decides by
what they may see what goes there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.automation.webhooks.bodies import TEST
from relata.engine.automation.webhooks.noticing import DELIVER, GIVE_UP_HOURS, HAPPENINGS, deliver_job
from relata.engine.automation.webhooks.objects import MANAGE, WEBHOOK
from relata.engine.automation.webhooks.secrets import forget_secrets, fresh_secret
from relata.engine.fetching.client import Guard
from relata.engine.formula import BOOLEAN, check, parse
from relata.engine.identity.sealing import Sealer
from relata.engine.jobs.queue import Queue
from relata.engine.query.scope import FieldScope
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

_PARSER = Guard(http=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a webhook is to tell. objects: names. condition: over the one object; with several there is none."""

    name: str
    url: str
    objects: tuple[str, ...]
    happens: tuple[str, ...]
    condition: str = ""


async def webhook_of(work: Workspace, webhook: UUID, *, lock: bool = False) -> Record:
    """One of them; needs manage_webhooks."""
    require(work, MANAGE)
    return await work.as_system().get(WEBHOOK, webhook, lock=lock)


async def webhooks(work: Workspace) -> list[Record]:
    """All, by name; needs manage_webhooks."""
    require(work, MANAGE)
    return await work.as_system().find(WEBHOOK, order="name", limit=500)


async def make_webhook(work: Workspace, sealer: Sealer, wish: Wish) -> tuple[Record, str]:
    """A new one, which tells what whoever makes it may see, and its secret, which nobody sees again."""
    person = _person(work)
    values = {**_checked(work, wish), "owner": person, "subscriber": person}
    record = await work.as_system().create(WEBHOOK, values)
    return record, await fresh_secret(work, sealer, record.id)


async def save_webhook(work: Workspace, webhook: UUID, wish: Wish) -> Record:
    """Another address or other wishes. Conflict for who is not its subscriber: they take it over first."""
    person = _person(work)
    record = await webhook_of(work, webhook, lock=True)
    values = _checked(work, wish)
    if record["subscriber"] != person and any(
        _differs(record, name, values[name]) for name in values if name != "name"
    ):
        message = _("It tells what somebody else may see.")
        raise Conflict(message, code="other_subscriber", hint=_("Take it over first; then it tells what you may see."))
    return await work.as_system().change(record, values)


def _differs(record: Record, name: str, value: object) -> bool:
    before = record[name]
    return (list(before) if isinstance(before, tuple) else before or "") != (value or "")


async def take_over(work: Workspace, webhook: UUID) -> Record:
    """From now on it tells what whoever does this may see."""
    person = _person(work)
    record = await webhook_of(work, webhook, lock=True)
    return await work.as_system().change(record, {"subscriber": person})


async def turn(work: Workspace, queue: Queue, webhook: UUID, state: str) -> Record:
    """active or paused. What waits is told once it is active again, if its day is not over."""
    record = await webhook_of(work, webhook, lock=True)
    schema = quoted(work.context.schema)
    if state == "active":
        await work.unit.connection.execute(
            f"update {schema}._webhook_state set failing_since = null where webhook = %s", (webhook,)
        )
        await work.unit.connection.execute(
            f"update {schema}._webhook_delivery set next_at = now() where webhook = %s and state = 'waiting'",
            (webhook,),
        )
        await _deliver(work, queue, webhook)
    return await work.as_system().change(record, {"state": state, "disabled_because": None})


async def rotate_secret(work: Workspace, sealer: Sealer, webhook: UUID) -> str:
    """A new secret; for a day both sign."""
    await webhook_of(work, webhook, lock=True)
    return await fresh_secret(work, sealer, webhook)


async def delete_webhook(work: Workspace, webhook: UUID) -> None:
    """Nothing is told any more, and its secrets are gone."""
    record = await webhook_of(work, webhook, lock=True)
    await forget_secrets(work, webhook)
    await work.as_system().delete(record)


async def send_test(work: Workspace, queue: Queue, webhook: UUID) -> UUID:
    """One delivery that says nothing; its id. Conflict while the webhook is off."""
    record = await webhook_of(work, webhook)
    if record["state"] != "active":
        raise Conflict(_("This webhook is off."), code="webhook_off", hint=_("Switch it on first."))
    key = new_id()
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._webhook_delivery (id, webhook, type, give_up_at)"
        f" values (%s, %s, %s, now() + interval '{GIVE_UP_HOURS} hours')",
        (key, webhook, TEST),
    )
    await _deliver(work, queue, webhook)
    return key


async def deliver_again(work: Workspace, queue: Queue, delivery: UUID) -> UUID:
    """The same delivery once more, under its id; its webhook. Conflict while it waits already."""
    require(work, MANAGE)
    row = await work.unit.connection.fetch_one(
        f"update {quoted(work.context.schema)}._webhook_delivery set state = 'waiting', attempts = 0, next_at = now(),"
        f" bulk = null, ended_at = null, give_up_at = now() + interval '{GIVE_UP_HOURS} hours'"
        " where id = %s and state <> 'waiting' returning webhook",
        (delivery,),
    )
    if row is None:
        raise Conflict(_("It waits to be delivered already, or is gone."), code="delivery_waits")
    webhook: UUID = row[0]
    await _deliver(work, queue, webhook)
    return webhook


async def _deliver(work: Workspace, queue: Queue, webhook: UUID) -> None:
    job = deliver_job(work.context.schema, webhook)
    await queue.enqueue(work.unit.connection, DELIVER, job.args, key=job.key)


def _person(work: Workspace) -> UUID:
    require(work, MANAGE)
    if work.actor.user is None:
        raise Denied(_("A webhook belongs to a person, as whom it sees."), code="denied_webhook")
    return work.actor.user


def _checked(work: Workspace, wish: Wish) -> dict[str, object]:
    """The wish as values of the object; Invalid with every problem at its field."""
    problems: list[Problem] = []
    try:
        _PARSER.parse(wish.url)
    except Invalid as error:
        problems.append(Problem("url", error.message, "url", error.hint))
    known = [work.registry.objects.get(name) for name in wish.objects]
    if not known or any(one is None or not work.actor.rights.level(one, "read") for one in known):
        problems.append(Problem("required", _("Choose the objects that it tells about."), "objects"))
    happens = [one for one in wish.happens if one in HAPPENINGS]
    if not happens:
        problems.append(Problem("required", _("Choose what must have happened."), "happens"))
    if wish.condition.strip() and not problems:
        if len(known) != 1 or known[0] is None:
            problems.append(Problem("condition", _("A condition needs exactly one object."), "condition"))
        else:
            try:
                check(parse(wish.condition), FieldScope(work.registry, known[0], work.actor), expect=BOOLEAN)
            except Invalid as error:
                problems += [Problem(one.code, one.message, "condition", one.hint) for one in error.problems]
    if problems:
        raise Invalid.of(problems)
    return {
        "name": wish.name, "url": wish.url, "objects": list(wish.objects), "happens": happens,
        "condition": wish.condition.strip() or None,
    }  # fmt: skip
