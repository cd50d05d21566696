"""Mails become records: each once, however many mailboxes and folders it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.files import attachments
from relata.engine.files.attachments import Received
from relata.engine.messaging.mail import threads
from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_FILING, EMAIL_THREAD, MAX_HTML
from relata.engine.messaging.mail.filing import Rules, ToFile, file, rules_of
from relata.engine.messaging.mail.mailbox_objects import LEVELS
from relata.engine.messaging.mail.opening import open_to
from relata.engine.messaging.mail.parsing.headers import Person
from relata.engine.messaging.mail.parsing.message import Mail, plain_subject, subject_key
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id

#: A mail that was sent so long after it arrived was not.
_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a mail whose bytes are in the store already."""

    received: Received
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that was read from a mailbox. direction: `out` for what lies in the folder of sent mail, or was sent by
    the mailbox itself. owner: whose it is, where that is not the mailbox's owner."""

    mail: Mail
    direction: str
    is_seen: bool = False
    received_at: datetime | None = None
    files: tuple[Kept, ...] = field(default=())
    owner: UUID | None = None


async def known(work: Workspace, fingerprints: Sequence[str]) -> dict[str, UUID]:
    """The mails that are here already, by fingerprint."""
    rows = await work.unit.connection.fetch(
        f"select fingerprint, id from {quoted(work.context.schema)}.email where fingerprint = any(%s)"
        " order by deleted_at nulls last",
        (list(fingerprints),),
    )
    return dict(reversed(rows))


async def store(work: Workspace, mailbox: Record, arrived: Sequence[Arrived]) -> list[UUID | None]:
    """The record of each mail, made where it is new; None where the door refused it. work: the system's."""
    await work.lock("mail")  # two mailboxes may get the same mail in the same moment
    fingerprints = [one.mail.fingerprint for one in arrived]
    found: dict[str, UUID] = await known(work, fingerprints)
    fresh = {one.mail.fingerprint: one for one in arrived if one.mail.fingerprint not in found}
    if olds := sorted(set(found.values())):
        await _add_mailbox(work, mailbox, olds, arrived)
    if fresh:
        found.update(await _make(work, mailbox, list(fresh.values())))
    return [found.get(one) for one in fingerprints]


async def _make(work: Workspace, mailbox: Record, arrived: list[Arrived]) -> dict[str, UUID]:
    owners = {one.mail.fingerprint: one.owner for one in arrived if one.owner is not None}
    of = await _threads(work, mailbox, [one.mail for one in arrived], owners)
    rows = [_values(mailbox, one, of[one.mail.fingerprint]) for one in arrived]
    outcomes = await work.create_many(EMAIL, rows)
    made = {
        one.mail.fingerprint: outcome.id
        for one, outcome in zip(arrived, outcomes, strict=True)
        if outcome.id is not None
    }
    stored = [one for one in arrived if one.mail.fingerprint in made]
    await _keep_files(work, mailbox, made, stored)
    await _touch(work, {of[one.mail.fingerprint] for one in stored})
    rules = await rules_of(work, mailbox.id)
    if mailbox["is_filing"]:
        levels = await _thread_levels(work, set(of.values()))
        await file(
            work,
            [_to_file(mailbox, rules, levels.get(of[one.mail.fingerprint]), made[one.mail.fingerprint], row)
             for one, row in zip(arrived, rows, strict=True) if one.mail.fingerprint in made],
        )  # fmt: skip
    return made


def _values(mailbox: Record, one: Arrived, thread: UUID) -> dict[str, Any]:
    mail = one.mail
    return {
        "subject": mail.subject or None,
        "thread": thread,
        "mailbox": mailbox.id,
        "mailboxes": (mailbox.id,),
        "owner": one.owner or mailbox["owner"],
        "team": mailbox["team"],
        "direction": one.direction,
        "state": "received" if one.direction == "in" else "sent",
        "sent_at": _when(mail.sent_at, one.received_at),
        "received_at": one.received_at,
        "from_address": mail.sender.address or None,
        "from_name": mail.sender.name or None,
        "to_addresses": _listed(mail.to),
        "cc_addresses": _listed(mail.cc),
        "bcc_addresses": _listed(mail.bcc),
        "reply_to": _listed(mail.reply_to, 5_000),
        "text": mail.text or None,
        "quoted": mail.quoted or None,
        "sign_off": mail.sign_off or None,
        "html": mail.html if 0 < len(mail.html) <= MAX_HTML else None,
        "snippet": mail.snippet or None,
        "has_attachments": any(not each.is_inline for each in mail.files),
        "is_auto_reply": mail.is_automatic,
        "is_bounce": mail.bounce is not None,
        "is_seen": one.is_seen or one.direction == "out",
        "message_id": mail.message_id or None,
        "references": " ".join(mail.references)[:50_000] or None,
        "fingerprint": mail.fingerprint,
        "bounced_message_id": (mail.bounce.message_id or None) if mail.bounce else None,
        "bounced_reason": (mail.bounce.reason or None) if mail.bounce else None,
        "bounced_addresses": _gone(mail),
    }


def _gone(mail: Mail) -> str | None:
    """Whom a report names, one in a line, with its codes."""
    if mail.bounce is None:
        return None
    return "\n".join(f"{address[:254]} {code}" for address, code in mail.bounce.gone) or None


def _when(sent_at: datetime | None, received_at: datetime | None) -> datetime | None:
    """When it was sent; by the server's clock where the sender's is plainly wrong."""
    if sent_at is None or received_at is None:
        return sent_at or received_at
    return received_at if sent_at > received_at + _CLOCKS_DIFFER or sent_at.year < 1980 else sent_at


def _listed(people: Sequence[Person], most: int = 50_000) -> str | None:
    return ", ".join(map(str, people))[:most] or None


async def _threads(
    work: Workspace, mailbox: Record, mails: Sequence[Mail], owners: Mapping[str, UUID]
) -> dict[str, UUID]:
    """The conversation of each mail by its fingerprint; new ones are made. owners: whose new ones are, where that is
    not the mailbox's owner."""
    known_ids = await threads.known_by_reference(work, mailbox.id, mails)
    found: dict[str, UUID] = {}
    new: list[tuple[UUID, Mail]] = []
    by_key: dict[str, UUID] = {}
    for mail in sorted(mails, key=lambda one: one.sent_at.timestamp() if one.sent_at else 0.0):
        thread = threads.by_reference(known_ids, mail) or await threads.by_subject(work, mailbox.id, mail)
        if thread is None and subject_key(mail.subject) != mail.subject.lower() and not mail.references:
            thread = by_key.get(subject_key(mail.subject))
        if thread is None:
            thread = new_id()
            new.append((thread, mail))
            by_key.setdefault(subject_key(mail.subject), thread)
        found[mail.fingerprint] = thread
        for one in (mail.message_id, *mail.references):
            if one:
                known_ids.setdefault(one, thread)
    made = await _make_threads(work, mailbox, new, owners) if new else {}
    await threads.remember(work, mailbox.id, {one: made.get(key, key) for one, key in known_ids.items()}.items())
    return {fingerprint: made.get(key, key) for fingerprint, key in found.items()}


async def _make_threads(
    work: Workspace, mailbox: Record, new: list[tuple[UUID, Mail]], owners: Mapping[str, UUID]
) -> dict[UUID, UUID]:
    """The new conversations by the keys that stood for them."""
    rows = [
        {
            "subject": plain_subject(mail.subject) or None,
            "subject_key": subject_key(mail.subject) or None,
            "mailbox": mailbox.id,
            "mailboxes": (mailbox.id,),
            "owner": owners.get(mail.fingerprint) or mailbox["owner"],
            "team": mailbox["team"],
            "last_at": None,
        }
        for _key, mail in new
    ]
    outcomes = await work.create_many(EMAIL_THREAD, rows)
    return {key: one.id for (key, _mail), one in zip(new, outcomes, strict=True) if one.id is not None}


async def _keep_files(work: Workspace, mailbox: Record, made: dict[str, UUID], arrived: Sequence[Arrived]) -> None:
    parts = []
    for one in arrived:
        email = made[one.mail.fingerprint]
        for each in one.files:
            await attachments.keep(
                work.unit.connection, work.context.schema, each.received, owner=mailbox["owner"], object_name=EMAIL,
                record=email,
            )  # fmt: skip
            parts.append((each.received.id, email, each.content_id[:500], each.is_inline))
    if parts:
        await work.unit.connection.execute(
            f"insert into {quoted(work.context.schema)}._mail_part (file, email, content_id, inline)"
            " select * from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::boolean[])",
            tuple(map(list, zip(*parts, strict=True))),
        )


async def _touch(work: Workspace, changed: set[UUID]) -> None:
    """Bring conversations to what their mails say: the latest moment, who wrote last, how many. One that was closed or
    sleeps opens again when the customer writes."""
    rows = await work.unit.connection.fetch(
        "select distinct on (thread) thread, direction, sent_at, count(*) over (partition by thread)"
        f" from {quoted(work.context.schema)}.email where thread = any(%s) and deleted_at is null"
        " order by thread, sent_at desc nulls last",
        (sorted(changed),),
    )
    before = {one.id: one for one in await work.get_many(EMAIL_THREAD, sorted(changed))}
    changes = []
    for thread, direction, sent_at, count in rows:
        values: dict[str, Any] = {"last_direction": direction, "last_at": sent_at, "messages": count}
        now = before.get(thread)
        if now is None:
            continue
        is_newer = now["last_at"] is None or (sent_at is not None and sent_at > now["last_at"])
        if now["state"] != "open" and direction == "in" and is_newer:
            values |= {"state": "open", "snoozed_until": None}
        changes.append((now, values))
    await work.change_many(EMAIL_THREAD, changes)


async def _thread_levels(work: Workspace, keys: set[UUID]) -> dict[UUID, str]:
    found = await work.get_many(EMAIL_THREAD, sorted(keys))
    return {one.id: one["share_level"] for one in found if one["share_level"]}


def _to_file(mailbox: Record, rules: Rules, of_thread: str | None, email: UUID, row: dict[str, Any]) -> ToFile:
    addresses = addresses_in(row)
    level = of_thread or rules.level(mailbox["share_level"] or "happened", addresses)
    return ToFile(email, addresses, level, row, row["owner"])


def addresses_in(row: Any) -> frozenset[str]:
    """Everybody whom a stored mail names."""
    texts = [row["to_addresses"], row["cc_addresses"], row["bcc_addresses"]]
    found = {each.rstrip(">").lstrip("<") for text in texts if text for each in text.replace(",", " ").split()}
    sender = row["from_address"]
    return frozenset([each for each in found if "@" in each] + ([sender] if sender else []))


async def _add_mailbox(work: Workspace, mailbox: Record, olds: list[UUID], arrived: Sequence[Arrived]) -> None:
    """Mails that came through another mailbox before: this one's people see them, too."""
    added = []
    for record in await work.get_many(EMAIL, olds):
        if mailbox.id in (record["mailboxes"] or ()) or record["mailbox"] == mailbox.id:
            continue
        values: dict[str, Any] = {"mailboxes": (*(record["mailboxes"] or ()), mailbox.id)}
        await work.change(record, values)
        added.append(record)
    if not added:
        return
    conversations = await work.get_many(EMAIL_THREAD, sorted({one["thread"] for one in added if one["thread"]}))
    for thread in conversations:
        if mailbox.id not in (thread["mailboxes"] or ()):
            await work.change(thread, {"mailboxes": (*(thread["mailboxes"] or ()), mailbox.id)})
    await open_to(work, mailbox, EMAIL, [one.id for one in added])
    await open_to(work, mailbox, EMAIL_THREAD, [one.id for one in conversations])
    ids = [(one["message_id"], one["thread"]) for one in added if one["message_id"] and one["thread"]]
    await threads.remember(work, mailbox.id, ids)
    if mailbox["is_filing"]:
        await _file_wider(work, mailbox, added)


async def _file_wider(work: Workspace, mailbox: Record, records: Sequence[Record]) -> None:
    """Where this mailbox lets others know more than the one before, its filings take the place of those."""
    rules = await rules_of(work, mailbox.id)
    mails = [_to_file(mailbox, rules, None, one.id, one.values) for one in records]
    rank = {one.email: LEVELS.index(one.level) for one in mails}
    less = [
        one
        for record in records
        for one in await work.find(EMAIL_FILING, email=record.id, limit=100)
        if LEVELS.index(one["level"]) < rank[record.id]
    ]
    if less:
        await work.delete_many(EMAIL_FILING, less)
    await file(work, mails)
