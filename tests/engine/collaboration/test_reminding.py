"""Reminders come once, to the owner; what was held back comes when its time is over; daily mails once a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.engine.collaboration.conftest import Telling

from relata.engine.collaboration import centre
from relata.engine.collaboration.digest import send_digests
from relata.engine.collaboration.preferences import Preferences, choose
from relata.engine.collaboration.reminding import remind, wake
from relata.engine.collaboration.stopping import read_stop_token, stop_mails, stop_token
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Expired
from relata.foundation.ids import new_id
from relata.testing.house import House


def soon(**delta: float) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)


async def task(house: House, owner: UUID, **values: Any) -> UUID:
    async with house.system() as work:
        return (await work.create("task", {"subject": "Call them", "owner": owner, **values})).id


async def reminded(house: House, telling: Telling) -> int:
    async with house.system() as work:
        return await remind(work, house.door.actors, telling.mail)


async def test_a_reminder_comes_once(house: House, telling: Telling) -> None:
    ada = await house.person("Ada", "member")
    key = await task(house, ada, remind_at=soon(minutes=-1))
    assert [await reminded(house, telling), await reminded(house, telling)] == [1, 0]
    assert await telling.told(ada) == [("reminder", "Task: Call them")]
    async with house.as_person(ada) as work:
        await work.change(("task", key), {"remind_at": soon(seconds=-5)})
    assert await reminded(house, telling) == 1


@pytest.mark.parametrize("moment", [soon(hours=1), soon(days=-3)])
async def test_what_is_not_due_or_long_past_is_left(house: House, telling: Telling, moment: datetime) -> None:
    await task(house, await house.person("Ada", "member"), remind_at=moment)
    assert await reminded(house, telling) == 0


async def test_quiet_hours_hold_back_until_they_end(house: House, telling: Telling) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "member", email="ben@example.com")
    now = datetime.now(UTC)
    async with house.system() as work:
        await work.change(("user", ben), {"time_zone": "UTC"})
    async with house.as_person(ben) as work:
        await choose(
            work,
            {
                "quiet_from": f"{now - timedelta(minutes=90):%H:%M}",
                "quiet_until": f"{now + timedelta(minutes=90):%H:%M}",
            },
        )
    await task(house, ada)
    async with house.as_person(ada) as work:
        made = await work.create("account", {"name": "Acme"})
        await work.change(made, {"owner": ben})
    await telling()
    async with house.as_person(ben) as work:
        assert await centre.unread(work) == 0
    assert telling.mails == []
    async with house.system() as work:
        held = await work.first("notification", owner=ben)
        assert held is not None
        await work.change(held, {"due_at": soon(seconds=-1)})
        assert await wake(work, telling.mail) == 1
    async with house.as_person(ben) as work:
        assert await centre.unread(work) == 1
    assert telling.mails == [("ben@example.com", "Ada assigned Acme to you")]


async def test_the_daily_mail_goes_out_once_a_day(house: House, telling: Telling) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "member", email="ben@example.com")
    async with house.as_person(ben) as work:
        await choose(work, {"assignment": "digest", "digest_hour": 0})
    for name in ("First", "Second"):
        async with house.as_person(ada) as work:
            await work.change(await work.create("account", {"name": name}), {"owner": ben})
    await telling()
    sent: list[tuple[str, int]] = []

    async def mail(work: Workspace, wish: Preferences, items: Sequence[Record]) -> None:
        sent.append((wish.email, len(items)))

    for _ in range(2):
        async with house.system() as work:
            await send_digests(work, mail)
    assert sent == [("ben@example.com", 2)]


async def test_the_link_at_the_foot_ends_mails_and_opens_nothing_else(house: House) -> None:
    ben = await house.person("Ben", "member")
    token = stop_token("s" * 32, "main", ben)
    assert read_stop_token("s" * 32, token) == ("main", ben)
    for wrong in (token[:-1], token.replace(ben.hex, new_id().hex), "", "main..", f"other{token[4:]}"):
        with pytest.raises(Expired):
            read_stop_token("s" * 32, wrong)
    async with house.system() as work:
        await stop_mails(work, ben)
        settings = await work.first("notification_settings", owner=ben)
    assert settings is not None
    assert {settings["mention"], settings["comment"]} == {"screen"}


async def test_one_reads_marks_and_snoozes_ones_own(house: House, telling: Telling) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "member")
    for name in ("First", "Second"):
        async with house.as_person(ada) as work:
            await work.change(await work.create("account", {"name": name}), {"owner": ben})
    await telling()
    async with house.as_person(ben) as work:
        (second, first), following = await centre.items(work)
        assert (second.text, second.by_name, second.can_see, following) == (
            "Ada assigned Second to you",
            "Ada",
            True,
            "",
        )
        await centre.mark(work, first.id, read=True)
        await centre.snooze(work, second.id, "tomorrow")
        assert await centre.unread(work) == 0
        assert [one.id for one in (await centre.items(work, "all"))[0]] == [first.id]
    async with house.system() as work:
        await work.change(("user", ben), {"roles": []})
    async with house.as_person(ben) as work:
        assert [one.can_see for one in (await centre.items(work, "all"))[0]] == [False]
