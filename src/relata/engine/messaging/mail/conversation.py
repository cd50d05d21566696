"""A conversation as it is read: its mails in order, their files, and people in it who are nobody here yet."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.files import links
from relata.engine.files.attachments import Attachment
from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_THREAD
from relata.engine.messaging.mail.filing import colleagues, records_of
from relata.engine.messaging.mail.showing import Shown, shown
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.attached import files_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound

_MOST = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One mail. files: those to open; pictures in its text are not among them. known: the record of who wrote it."""

    record: Record
    files: tuple[Attachment, ...]
    known: AnyTarget | None
    known_title: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """strangers: name and address of people who are no record here."""

    thread: Record
    mails: tuple[Said, ...]
    strangers: tuple[tuple[str, str], ...]


async def conversation(work: Workspace, key: UUID) -> Conversation:
    """The mails of a conversation that the person may see; NotFound where they see none of it."""
    thread = await work.get(EMAIL_THREAD, key)
    records = await work.find(EMAIL, thread=key, order="sent_at", limit=_MOST)
    parts = await _inline(work, [one.id for one in records])
    senders = {one["from_address"]: one["from_name"] or "" for one in records if one["from_address"]}
    own = await colleagues(work)
    known = await records_of(work.as_system(), set(senders) - own)
    titles = await _seen(work, [target for found in known.values() for target in found])
    said = []
    for one in records:
        files = await files_of(work, one) if one["has_attachments"] else []
        target = next((each for each in known.get(one["from_address"], ()) if each in titles), None)
        said.append(
            Said(one, tuple(each for each in files if each.id not in parts), target, titles[target] if target else "")
        )
    strangers = tuple(
        (name, address) for address, name in senders.items() if address not in known and address not in own
    )
    return Conversation(thread, tuple(said), strangers[:10])


async def _seen(work: Workspace, targets: list[AnyTarget]) -> dict[AnyTarget, str]:
    """The titles of those that the person sees."""
    asked: dict[str, list[UUID]] = {}
    for one in targets:
        asked.setdefault(one.object, []).append(one.id)
    titles = await titles_of(work.unit, asked)
    return {one: titles[one.object, one.id] or "" for one in targets if (one.object, one.id) in titles}


async def _inline(work: Workspace, emails: list[UUID]) -> set[UUID]:
    rows = await work.unit.connection.fetch(
        f"select file from {quoted(work.context.schema)}._mail_part where email = any(%s) and inline", (emails,)
    )
    return {file for (file,) in rows}


async def html_of(work: Workspace, key: UUID, *, pictures: bool) -> Shown:
    """The HTML of a mail, as it may be shown to who may see the mail; NotFound where it has none."""
    record = await work.get(EMAIL, key)
    if not record["html"]:
        raise NotFound("This mail has no formatted text.", code="no_html")
    rows = await work.unit.connection.fetch(
        f"select content_id, file from {quoted(work.context.schema)}._mail_part where email = %s and content_id <> ''",
        (key,),
    )
    now, context = work.clock.now, work.context
    files = {cid: links.signed(context.keys, context.key, file, inline=True, now=now).path for cid, file in rows}
    return shown(record["html"], files, pictures=pictures)


async def mark_seen(work: Workspace, key: UUID) -> int:
    """Somebody has read the conversation; how many of its mails were new."""
    new = await work.find(EMAIL, thread=key, is_seen=False, limit=_MOST)
    await work.change_many(EMAIL, [(one, {"is_seen": True}) for one in new])
    return len(new)
