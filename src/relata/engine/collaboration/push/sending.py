"""A notification on its way to a device: asked once more whether it may be shown, sealed, handed to the push service
through the guarded client. A device that is gone is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from relata.engine.collaboration.push.keys import PushKey
from relata.engine.collaboration.push.letters import read
from relata.engine.collaboration.push.objects import DEVICE
from relata.engine.collaboration.push.sealing import seal
from relata.engine.collaboration.telling import as_person
from relata.engine.fetching.client import Guard
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.secret_fields import reveal
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, LimitReached, Unavailable
from relata.foundation.i18n import gettext as _

log = logging.getLogger(__name__)

#: For so long a service keeps it for a device that is off.
KEPT_SECONDS = 24 * 3600
#: It does not know the device any more.
_GONE = frozenset({404, 410})
_URGENT = frozenset({"mention", "assignment", "approval", "reminder"})
#: The address within Relata that a notification leads to.
HrefOf = Callable[[Workspace, Record], str]


@dataclass(frozen=True, slots=True)
class PushPorts:
    """contact: an address of this installation."""

    door: Door
    guard: Guard
    key: PushKey
    contact: str
    href: HrefOf


@dataclass(frozen=True, slots=True)
class _Message:
    endpoint: str
    body: bytes
    headers: dict[str, str]


async def push(ports: PushPorts, key: str, notification: UUID, device: UUID) -> bool:
    """Show one notification on one device; whether it was handed over. Unavailable where the service does not take it,
    so that the job is tried again: the same notification replaces itself on the device."""

    async def prepare(work: Workspace) -> _Message | None:
        return await _message(ports, work, notification, device)

    message = await ports.door.run(key, None, prepare, via="automation", read_only=True)
    if message is None:
        return False
    try:
        answer = await ports.guard.fetch(
            message.endpoint, method="POST", headers=message.headers, body=message.body, limit_bytes=20_000
        )
    except (Invalid, LimitReached) as error:  # an address that may not be asked never will be
        log.warning("a push service may not be asked: %s", error.code)
        await _forget(ports, key, device)
        return False
    if answer.status in _GONE:
        await _forget(ports, key, device)
        return False
    if not answer.is_ok:
        raise Unavailable(
            _("The push service refused the message: %(status)s.") % {"status": answer.status}, code="push"
        )
    return True


async def _message(ports: PushPorts, work: Workspace, notification: UUID, device: UUID) -> _Message | None:
    item, to = await work.first("notification", id=notification), await work.first(DEVICE, id=device)
    if item is None or to is None or item["owner"] != to["owner"]:
        return None
    if item["read_at"] is not None or item["due_at"] is not None or not await _may_see(ports, work, item):
        return None
    said = {
        "title": work.settings.name, "body": item["text"], "url": ports.href(work, item), "tag": item.id.hex,
    }  # fmt: skip
    endpoint, auth = reveal(to, "endpoint") or "", reveal(to, "auth") or ""
    text = msgspec.json.encode(said)
    headers = {
        "content-type": "application/octet-stream", "content-encoding": "aes128gcm", "ttl": str(KEPT_SECONDS),
        "urgency": "high" if item["kind"] in _URGENT else "normal", "topic": item.id.hex,
        "authorization": ports.key.authorization(endpoint, ports.contact),
    }  # fmt: skip
    return _Message(endpoint, seal(text, read(to["public_key"]), read(auth)), headers)


async def _may_see(ports: PushPorts, work: Workspace, item: Record) -> bool:
    """Rights may have changed since it was written."""
    about, seeing = item["about"], await as_person(work, ports.door.actors, item["owner"])
    if seeing is None:
        return False
    return about is None or (about.object, about.id) in await titles_of(seeing.unit, {about.object: [about.id]})


async def _forget(ports: PushPorts, key: str, device: UUID) -> None:
    async def run(work: Workspace) -> None:
        found = await work.first(DEVICE, id=device)
        if found is not None:
            await work.delete(found)

    await ports.door.run(key, None, run, via="automation")
