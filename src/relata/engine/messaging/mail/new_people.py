"""People who are no record here yet become one by themselves where the mailbox says so: those who were written to, or
everybody who writes. Otherwise they are offered on the conversation's page.

What is made is made with the rights of the mailbox's owner and belongs to them. Machines, circulars, senders that are
blocked or of whom nobody may know, and people who were deleted here are nobody's contacts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from email.utils import getaddresses
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Literal, Path
from relata.engine.history.feed import Change
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.filing import colleagues, records_of, rules_of
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.metadata.fields import Emails, PersonName
from relata.engine.metadata.module import Reaction
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.workspace.acting import as_person
from relata.engine.workspace.attempts import attempt
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound, RelataError

#: A mail to more people is a circular.
MOST = 10
_NOBODY = re.compile(
    r"(^|[.+_-])(no-?_?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?|notifications?|newsletter|unsubscribe)"
    r"([.+_-]|@|$)"
)


def person_objects(work: Workspace) -> list[Object]:
    """What somebody with an address may become: objects that are people, as contacts and leads are, and that the actor
    may make."""
    return [
        one
        for one in work.registry.objects.values()
        if one.nav and one.by_hand and address_field(one) is not None and work.actor.rights.level(one, "create")
        and isinstance(one.all_fields[one.title_field], PersonName)
    ]  # fmt: skip


def address_field(one: Object) -> Emails | None:
    """Where its e-mail address is."""
    return next((field for field in one.fields if isinstance(field, Emails)), None)


async def make_known(work: Workspace, key: UUID) -> None:
    """This e-mail came or went. work: the system's."""
    try:
        email = await work.get(EMAIL, key)
        mailbox = await work.get(MAILBOX, email["mailbox"])
    except NotFound:
        return
    policy, is_ours = mailbox["new_people"], email["direction"] == "out"
    if policy not in (("written", "all") if is_ours else ("all",)) or mailbox["owner"] is None:
        return
    if email["is_auto_reply"] or email["is_bounce"]:
        return
    acting = await as_person(work, mailbox["owner"])
    able = {one.name: one for one in person_objects(acting)} if acting is not None else {}
    chosen = able.get(mailbox["new_people_as"] or "")
    if acting is None or chosen is None:
        return
    for address, name in sorted((await _strangers(work, mailbox, _named(email))).items()):
        await work.lock(f"new person:{address}")
        if not await records_of(work, [address]) and not await _was_deleted(work, chosen, address):
            await _make(acting, chosen, address, name)


def _named(email: Record) -> dict[str, str]:
    """Who wrote, or to whom we wrote: names by address."""
    if email["direction"] == "in":
        return {email["from_address"]: email["from_name"] or ""} if email["from_address"] else {}
    found = getaddresses([email["to_addresses"] or "", email["cc_addresses"] or ""])
    return {address.lower(): name for name, address in found if "@" in address}


async def _strangers(work: Workspace, mailbox: Record, people: dict[str, str]) -> dict[str, str]:
    if not people or len(people) > MOST:
        return {}
    rules = await rules_of(work, mailbox.id)
    level = mailbox["share_level"] or "happened"
    own = await colleagues(work)
    known = await records_of(work, people)
    return {
        address: name
        for address, name in people.items()
        if address not in own and address not in known and not _NOBODY.search(address)
        and not rules.blocks(address) and rules.level(level, [address]) != "nothing"
    }  # fmt: skip


async def _was_deleted(work: Workspace, one: Object, address: str) -> bool:
    """Whether somebody has thrown them away: they don't come back by themselves."""
    field = address_field(one)
    assert field is not None
    where = Binary("=", Path((field.name,)), Literal(address))
    return bool((await work.query(Query(one.name, where, fields=("id",), limit=1, deleted=True))).rows)


async def _make(acting: Workspace, one: Object, address: str, name: str) -> None:
    """What a rule of the object refuses stays offered."""
    field = address_field(one)
    assert field is not None
    values: dict[str, Any] = {one.title_field: readable_name(name, address), field.name: address}
    with suppress(RelataError):
        async with attempt(acting.unit):
            await acting.create(one.name, values)


def readable_name(name: str, address: str) -> str:
    """How somebody is called by what their mail says: "Muster, Anna" is Anna Muster, and anna.muster@… is, too."""
    name = " ".join(name.split()).strip("'\"")
    if not name or "@" in name:
        words: Iterable[str] = re.split(r"[._+-]+", address.partition("@")[0])
        return " ".join(word.capitalize() for word in words if word) or address
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


async def _arrived(work: Workspace, change: Change) -> None:
    await make_known(work, change.record)


REACTIONS = (Reaction(f"{EMAIL}.created", "make_new_people_known", _arrived),)
