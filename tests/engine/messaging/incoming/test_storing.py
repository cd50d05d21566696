"""Mails become records: once each, in conversations, on the records of who wrote or got them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from tests.engine.messaging.incoming.conftest import ANSWER, PLAN, Office

from relata.engine.history.feed import Change
from relata.engine.messaging.mail.sharing_levels import after_mailbox, refile


async def test_an_answer_joins_the_conversation_whichever_comes_first(office: Office) -> None:
    await office.arrive(ANSWER, direction="out")
    await office.arrive(PLAN)
    async with office.house.as_person(office.ada) as work:
        (thread,) = await work.find("email_thread")
        mails = await work.find("email", order="sent_at")
        assert [one["thread"] for one in mails] == [thread.id] * 2
        assert (thread["subject"], thread["messages"], thread["last_direction"]) == ("The plan", 2, "out")
        assert (mails[1]["text"], mails[1]["quoted"].splitlines()[-1]) == ("I will.", "> Please call me.")


async def test_one_mail_through_three_mailboxes_is_stored_once_and_seen_by_all(office: Office) -> None:
    eve = await office.house.person("Eve", "member")
    others = [await office.mailbox(office.ben, address="ben@example.com"), await office.mailbox(eve)]
    for box in (office.box, *others, office.box):
        await office.arrive(PLAN, box=box)
    async with office.house.system() as work:
        assert await work.count("email") == await work.count("email_thread") == 1
    for person in (office.ada, office.ben, eve):
        async with office.house.as_person(person) as work:
            assert await work.count("email", subject="The plan") == 1
            assert await work.count("email_thread") == 1


async def test_a_mail_that_only_bears_the_same_message_id_is_another_one(office: Office) -> None:
    await office.arrive(PLAN, PLAN.replace(b"call me", b"pay me"))
    async with office.house.system() as work:
        assert await work.count("email") == 2


async def test_others_learn_only_that_it_happened(office: Office) -> None:
    await office.arrive(PLAN)
    async with office.house.as_person(office.ben) as work:
        (filing,) = await work.find("email_filing", about=office.contact)
        assert (filing["direction"], filing["subject"], filing["text"]) == ("in", None, None)
        assert await work.count("email") == await work.count("email_thread") == 0


async def test_a_level_lets_others_know_as_much_as_it_says(office: Office) -> None:
    async with office.house.as_person(office.ada) as work:
        await work.change(await work.get("mailbox", office.box), {"share_level": "everything"})
        await work.create("mail_rule", {"pattern": "acme.example", "does": "subject", "mailbox": office.box})
    await office.arrive(PLAN)
    async with office.house.as_person(office.ben) as work:
        (filing,) = await work.find("email_filing")
        assert (filing["level"], filing["subject"], filing["text"]) == ("subject", "The plan", None)


async def test_filing_rules_take_mail_further(office: Office) -> None:
    async with office.house.system() as work:
        account = await work.create("account", {"name": "Acme"})
        await work.change(await work.get("contact", office.contact), {"account": account.id})
        await work.create("mail_filing_rule", {"name": "Their account", "of": "contact", "along": "account"})
    await office.arrive(PLAN)
    async with office.house.system() as work:
        assert {one["about"].id for one in await work.find("email_filing")} == {office.contact, account.id}


async def test_what_is_no_longer_shared_is_gone_with_its_history(office: Office) -> None:
    async with office.house.system() as work:
        await work.change(await work.get("mailbox", office.box), {"share_level": "everything"})
    await office.arrive(PLAN)
    async with office.house.as_person(office.ben) as work:
        (told,) = await work.find("email_filing")
        assert (told["subject"], told["text"]) == ("The plan", "Please call me.")
    async with office.house.system() as work:
        await work.change(await work.get("mailbox", office.box), {"share_level": "happened"})
        await refile(work, {"mailbox": office.box})
    async with office.house.as_person(office.ben) as work:
        (told_less,) = await work.find("email_filing")
        assert (told_less.id != told.id, told_less["subject"], told_less["text"]) == (True, None, None)
        entries = await work.history(told)
        assert "The plan" not in str(entries)
        assert "call me" not in str(entries)


async def test_a_mailbox_in_other_hands_is_closed_to_those_of_before(office: Office) -> None:
    await office.arrive(PLAN)
    async with office.house.system() as work:
        box = await work.change(await work.get("mailbox", office.box), {"owner": office.ben})
        await after_mailbox(work, _changed(box.id, {"owner": office.ben}))
    async with office.house.as_person(office.ada) as work:
        assert await work.count("email") == 0
    async with office.house.as_person(office.ben) as work:
        assert await work.count("email") == 1


def _changed(record: UUID, after: dict[str, object]) -> Change:
    return Change(1, 1, "mailbox", record, "changed", datetime.now(UTC), None, "test", {}, {}, after)
