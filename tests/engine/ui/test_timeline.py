"""One order for everything that happened, page by page, and only what the reader may see."""

from __future__ import annotations

from datetime import timedelta

from relata.engine.metadata.fields import AnyTarget
from relata.engine.ui.happenings import next_step
from relata.engine.ui.timeline import TimelineEntry, timeline
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House


async def account_with_calls(work: Workspace, calls: int = 7) -> Record:
    account = await work.create("account", {"name": "Zwieback"})
    about = AnyTarget("account", account.id)
    for at in range(calls):  # two at the same moment, each second hour
        when = work.clock.now - timedelta(hours=2 * (at // 2) + 1)
        await work.create("call", {"subject": f"Call {at}", "at": when, "about": about})
    await work.create("note", {"body": "Likes *rusks*", "about": about})
    return account


async def test_pages_hold_everything_once_and_in_order(house: House) -> None:
    async with house.system() as work:
        account = await account_with_calls(work)
        await work.change(account, {"name": "Zwieback & Sons"})
        whole = await timeline(work, account.object, account, limit=50)
        seen: list[TimelineEntry] = []
        after = ""
        while True:
            page = await timeline(work, account.object, account, after=after, limit=2)
            seen.extend(page.entries)
            after = page.next
            if not after:
                break
        assert [entry.id for entry in seen] == [entry.id for entry in whole.entries]
        assert len({entry.id for entry in seen}) == 7 + 1 + 2
        assert [entry.when for entry in seen] == sorted((entry.when for entry in seen), reverse=True)


async def test_it_narrows_to_a_kind_and_a_person(house: House) -> None:
    ada = await house.person("Ada")
    async with house.system() as work:
        account = await account_with_calls(work)
        about = AnyTarget("account", account.id)
        await work.create("call", {"subject": "Hers", "at": work.clock.now, "owner": ada, "about": about})
        calls = await timeline(work, account.object, account, kind="call", limit=50)
        hers = await timeline(work, account.object, account, person=ada, limit=50)
        changes = await timeline(work, account.object, account, kind="changes")
    assert {entry.kind for entry in calls.entries} == {"call"} and len(calls.entries) == 8
    assert [entry.title for entry in hers.entries] == ["Hers"]
    assert [entry.kind for entry in changes.entries] == ["changes"]


async def test_what_the_reader_may_not_see_is_not_in_it(house: House) -> None:
    rep, other = await house.person("Rep", "sales_rep"), await house.person("Other", "sales_rep")
    async with house.system() as work:
        account = await work.create("account", {"name": "Zwieback", "owner": rep})
        about = AnyTarget("account", account.id)
        for owner, subject in ((rep, "Mine"), (other, "Not mine")):
            await work.create("task", {"subject": subject, "owner": owner, "about": about, "due_on": work.clock.today})
        everything = await timeline(work, account.object, account, kind="task")
    async with house.as_person(rep) as work:
        account = await work.get("account", account.id)
        mine = await timeline(work, account.object, account, kind="task")
        visible = {str(key) for key in await work.ids("task", {})}
        step = await next_step(work, account.object, account)
    assert len(everything.entries) == 2
    assert {entry.id for entry in mine.entries} == {entry.id for entry in everything.entries} & visible
    assert step is not None and step.due is not None


async def test_the_next_step_is_the_first_open_thing(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Zwieback"})
        about, today = AnyTarget("account", account.id), work.clock.today
        assert await next_step(work, account.object, account) is None
        for days, status in ((-3, "done"), (4, "open"), (2, "in_progress")):
            due = today + timedelta(days=days)
            await work.create("task", {"subject": f"In {days}", "status": status, "due_on": due, "about": about})
        step = await next_step(work, account.object, account)
        assert step is not None and step.title == "In 2" and not step.is_overdue
        await work.create("task", {"subject": "Late", "due_on": today - timedelta(days=1), "about": about})
        step = await next_step(work, account.object, account)
        assert step is not None and step.title == "Late" and step.is_overdue
