"""When somebody decides that others may know more, or less: filings are made anew, and what they told before is
gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from relata.engine.history.feed import Change
from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_FILING, EMAIL_THREAD
from relata.engine.messaging.mail.filing import ToFile, file, rules_of
from relata.engine.messaging.mail.mailbox_objects import LEVELS, MAIL_RULE, MAILBOX
from relata.engine.messaging.mail.opening import reopen
from relata.engine.messaging.mail.storing import addresses_in
from relata.engine.metadata.module import Reaction, Schedule
from relata.engine.secrets.records import destroy
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: What a mailbox, a conversation and a rule say about levels.
_OF_MAILBOX, _OF_THREAD = {"share_level", "is_filing"}, {"share_level"}
_AT_ONCE = 500


async def after_mailbox(work: Workspace, change: Change) -> None:
    """A mailbox lets others know more or less, or belongs to others."""
    found = await work.get_many(MAILBOX, [change.record])
    if found and not _OF_MAILBOX.isdisjoint(change.after):
        await refile(work, {"mailbox": change.record})
    if found and ("owner" in change.after or "team" in change.after):
        await _hand_over(work, found[0])
        await reopen(work, found[0])


async def after_thread(work: Workspace, change: Change) -> None:
    """A conversation lets others know more or less than its mailbox does."""
    if not _OF_THREAD.isdisjoint(change.after):
        await refile(work, {"thread": change.record})


async def after_rule(work: Workspace, change: Change) -> None:
    """A rule about an address or a domain holds for what came before, too."""
    patterns = {change.before.get("pattern"), change.after.get("pattern")} - {None}
    if not patterns:
        rule = await work.get_many(MAIL_RULE, [change.record])
        patterns = {one["pattern"] for one in rule}
    for pattern in patterns:
        rows = await work.unit.connection.fetch(
            f"select distinct e.id from {quoted(work.context.schema)}.email e"
            f" join {quoted(work.context.schema)}.email_filing f on f.email = e.id"
            " where f.why = %(pattern)s or split_part(f.why, '@', 2) = %(pattern)s"
            " union select id from " + f"{quoted(work.context.schema)}.email where from_address = %(pattern)s"
            " or split_part(from_address, '@', 2) = %(pattern)s",
            {"pattern": pattern},
        )
        await _refile(work, [key for (key,) in rows])


async def refile(work: Workspace, equals: dict[str, Any]) -> None:
    """File the mails of a mailbox or conversation as is decided now. work: the system's."""
    name, value = next(iter(equals.items()))
    rows = await work.unit.connection.fetch(
        f"select id from {quoted(work.context.schema)}.email where {quoted(name)} = %s and deleted_at is null", (value,)
    )
    await _refile(work, [key for (key,) in rows])


async def _refile(work: Workspace, keys: Sequence[UUID]) -> None:
    for at in range(0, len(keys), _AT_ONCE):
        mails = await work.get_many(EMAIL, sorted(keys)[at : at + _AT_ONCE])
        now = await wanted(work, mails)
        levels = {one.email: one.level for one in now}
        rows = await work.unit.connection.fetch(
            f"select id, email, level from {quoted(work.context.schema)}.email_filing where email = any(%s)",
            (list(levels),),
        )
        await forget(work, [key for key, email, level in rows if level != levels[email]])
        await file(work, now)


async def wanted(work: Workspace, mails: Sequence[Record]) -> list[ToFile]:
    """What each mail may tell: the most that one of its mailboxes allows, unless its conversation says otherwise."""
    boxes = {one.id: one for one in await work.get_many(MAILBOX, sorted({box for one in mails for box in _boxes(one)}))}
    rules = {key: await rules_of(work, key) for key in boxes}
    threads = await work.get_many(EMAIL_THREAD, sorted({one["thread"] for one in mails if one["thread"]}))
    of_thread = {one.id: one["share_level"] for one in threads}
    found = []
    for mail in mails:
        addresses = addresses_in(mail.values)
        said = [
            rules[key].level(boxes[key]["share_level"] or "happened", addresses)
            if boxes[key]["is_filing"]
            else "nothing"
            for key in _boxes(mail)
            if key in boxes
        ]
        level = of_thread.get(mail["thread"]) or max(said, key=LEVELS.index, default="nothing")
        found.append(ToFile(mail.id, addresses, level, mail.values, mail["owner"]))
    return found


def _boxes(mail: Record) -> list[UUID]:
    return list(dict.fromkeys([*([mail["mailbox"]] if mail["mailbox"] else []), *(mail["mailboxes"] or ())]))


async def forget(work: Workspace, filings: Sequence[UUID]) -> None:
    """Take filings away for good: the rows, and the keys of what the log holds of them."""
    if not filings:
        return
    found = await work.get_many(EMAIL_FILING, sorted(filings))
    await work.delete_many(EMAIL_FILING, found)  # so that lists, search and screens hear of it
    space = quoted(work.context.schema)
    await work.unit.connection.execute(f"delete from {space}._search where record = any(%s)", (list(filings),))
    await work.unit.connection.execute(f"delete from {space}.email_filing where id = any(%s)", (list(filings),))
    await destroy(work.unit.connection, work.context.schema, list(filings))


async def _hand_over(work: Workspace, mailbox: Record) -> None:
    """Mails and conversations belong where their mailbox belongs; copies stay whose they are."""
    if mailbox["takes_copies"]:
        return
    for name in (EMAIL, EMAIL_THREAD):
        rows = await work.unit.connection.fetch(
            f"select id from {quoted(work.context.schema)}.{name} where mailbox = %s and deleted_at is null",
            (mailbox.id,),
        )
        values = {"owner": mailbox["owner"], "team": mailbox["team"]}
        await work.change_many(name, [(key, values) for (key,) in rows])


async def regrant(work: Workspace) -> None:
    """Bring the grants on mails that lie in several mailboxes to who sees these mailboxes now."""
    rows = await work.unit.connection.fetch(
        f"select distinct reason from {quoted(work.context.schema)}._share where way = 2 and starts_with(reason,"
        " 'mailbox:')"
    )
    keys = sorted(UUID(reason.partition(":")[2]) for (reason,) in rows)
    for mailbox in await work.get_many(MAILBOX, keys):
        await reopen(work, mailbox)


REACTIONS = (
    Reaction(f"{MAILBOX}.changed", "refile_mail_of_mailbox", after_mailbox),
    Reaction(f"{EMAIL_THREAD}.changed", "refile_mail_of_thread", after_thread),
    *(
        Reaction(f"{MAIL_RULE}.{done}", f"refile_mail_by_rule_{done}", after_rule)
        for done in ("created", "changed", "deleted")
    ),
)
SCHEDULES = (Schedule("mail_grants", "*/5 * * * *", regrant, "Opens mail in several mailboxes to the people of each."),)
