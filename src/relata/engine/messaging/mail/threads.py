"""Which conversation a mail belongs to: by what it answers, else by its subject among the same people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from relata.engine.messaging.mail.parsing.message import Mail, subject_key
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

#: An answer without references belongs to a conversation of the same subject only within this time.
_NEAR = timedelta(days=60)


async def known_by_reference(work: Workspace, mailbox: UUID, mails: Sequence[Mail]) -> dict[str, UUID]:
    """Conversations of this mailbox by the Message-IDs that belong to them. Other mailboxes' are not asked: who writes
    the Message-ID of somebody else's mail into an answer learns nothing by it."""
    wanted = list({one for mail in mails for one in (mail.message_id, *mail.references) if one})
    rows = await work.unit.connection.fetch(
        f"select message_id, thread from {quoted(work.context.schema)}._mail_reference"
        " where mailbox = %s and message_id = any(%s)",
        (mailbox, wanted),
    )
    return dict(rows)


def by_reference(known: dict[str, UUID], mail: Mail) -> UUID | None:
    """The conversation that knows the mail or the nearest mail that it answers."""
    return next((known[one] for one in (mail.message_id, *reversed(mail.references)) if one in known), None)


async def by_subject(work: Workspace, mailbox: UUID, mail: Mail) -> UUID | None:
    """The latest conversation with the same subject and one of the same people; asked only for what calls itself an
    answer and does not say to what."""
    key = subject_key(mail.subject)
    if mail.references or not key or len(" ".join(mail.subject.split())) == len(key) or mail.sent_at is None:
        return None
    space = quoted(work.context.schema)
    row = await work.unit.connection.fetch_one(
        f"select t.id from {space}.email_thread t where t.mailbox = %(mailbox)s and t.subject_key = %(key)s"
        " and t.deleted_at is null and t.last_at between %(from)s and %(until)s and exists (select 1 from"
        f" {space}.email e where e.thread = t.id and (e.from_address = any(%(people)s)"
        " or position(%(sender)s in coalesce(e.to_addresses, '')) > 0)) order by t.last_at desc limit 1",
        {
            "mailbox": mailbox,
            "key": key,
            "from": mail.sent_at - _NEAR,
            "until": mail.sent_at + _NEAR,
            "people": sorted(mail.addresses),
            "sender": mail.sender.address or " ",
        },
    )
    return row[0] if row else None


async def remember(work: Workspace, mailbox: UUID, belongs: Iterable[tuple[str, UUID]]) -> None:
    """Keep to which conversation these Message-IDs belong; what is known already stays."""
    pairs = sorted(dict(belongs).items())
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._mail_reference (mailbox, message_id, thread)"
        " select %s, new.id, new.thread from unnest(%s::text[], %s::uuid[]) as new(id, thread) on conflict do nothing",
        (mailbox, [one for one, _ in pairs], [thread for _, thread in pairs]),
    )
