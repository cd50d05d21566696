"""Working on a team's conversations: who sees to it, sleep, and who is answering; strangers know none of it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.engine.messaging.mail.conftest import Office

from relata.engine.messaging.mail.filing import rules_of
from relata.engine.messaging.mail.outgoing import blocking, drafts, inbox
from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.storing import Arrived, store
from relata.foundation.errors import Invalid, RelataError
from relata.foundation.ids import new_id

ASKED = (
    b"From: Anna <anna@example.com>\r\nTo: help@relata.example.com\r\nSubject: Help\r\nMessage-ID: <h@x>\r\n"
    b"Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nPlease\r\n"
)


async def test_a_team_works_on_its_conversations(office: Office) -> None:
    house = office.house
    async with house.system() as work:
        team = await work.create("team", {"name": "Help"})
    bob = await house.person("Bob Helper", "member", team=team.id)
    eve = await house.person("Eve Stranger", "member")
    async with house.as_person(office.ada) as work:
        box = await work.create(
            "mailbox", {"name": "Help", "address": "help@relata.example.com", "is_shared": True, "team": team.id,
                        "smtp_host": "127.0.0.1"},
        )  # fmt: skip
    async with house.system() as work:
        (key,) = await store(work, await work.get("mailbox", box.id), [Arrived(read(ASKED), "in")])
        assert key is not None
        thread = (await work.get("email", key))["thread"]
    async with house.as_person(bob) as work:
        await work.run(inbox.TakeConversation(thread))
        assert (await work.get("email_thread", thread))["assignee"] == bob
        await drafts.save(work, new_id(), {"answers": key, "body": "Hello", "mailbox": box.id})
        assert await inbox.answering(work, await work.get("email_thread", thread)) == []  # himself
        with pytest.raises(Invalid):
            await work.run(inbox.SnoozeConversation(thread, work.clock.now - timedelta(hours=1)))
        local = (work.clock.now + timedelta(hours=1)).astimezone(ZoneInfo(work.actor.zone)).replace(tzinfo=None)
        await work.run(inbox.SnoozeConversation(thread, local))  # as a form sends it
    async with house.system() as work:
        await inbox.wake(work)
        assert (await work.get("email_thread", thread))["state"] == "snoozed"
        await work.change(("email_thread", thread), {"snoozed_until": work.clock.now - timedelta(seconds=1)})
        await inbox.wake(work)
        assert (await work.get("email_thread", thread))["state"] == "open"
        ben = await work.create("user", {"name": "Ben Helper", "roles": ["member"], "team": team.id})
    async with house.as_person(ben.id) as work:
        assert await inbox.answering(work, await work.get("email_thread", thread)) == ["Bob Helper"]
        await work.run(inbox.CloseConversation(thread))
    async with house.as_person(eve) as work:
        for command in (inbox.TakeConversation(thread), inbox.ReopenConversation(thread)):
            with pytest.raises(RelataError):
                await work.run(command)


async def test_who_is_blocked_writes_in_vain_and_only_its_keepers_block(office: Office) -> None:
    house = office.house
    eve = await house.person("Eve Stranger", "member")
    async with house.system() as work:
        (key,) = await store(work, await work.get("mailbox", office.mailbox), [Arrived(read(ASKED), "in")])
        assert key is not None
        thread = (await work.get("email", key))["thread"]
    async with house.as_person(eve) as work:
        with pytest.raises(RelataError):
            await work.run(blocking.BlockSender(thread))
    async with house.as_person(office.ada) as work:
        for whole_domain in (False, False, True):
            await work.run(blocking.BlockSender(thread, whole_domain=whole_domain))
        rules = await rules_of(work, office.mailbox)
        assert rules.blocks("anna@example.com") and rules.blocks("bea@example.com")
        assert await work.count("mail_rule", mailbox=office.mailbox) == 2
        assert (await work.get("email_thread", thread))["state"] == "closed"
