"""Handing over: what somebody has is found and moved, they are out at once, and all of it can be taken back."""

from __future__ import annotations

from uuid import UUID

import pytest

from relata.engine.automation.flows import keeping
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Notify
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.identity import accounts, keys, memberships, sessions
from relata.engine.identity.living import living_sessions
from relata.engine.identity.oauth import applications
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sessions import Visitor
from relata.engine.jobs.queue import Queue
from relata.engine.transfer.bulk import running
from relata.engine.transfer.handing_over import handing
from relata.engine.transfer.handing_over.credentials import APPLICATIONS, KEYS, credentials_of
from relata.engine.transfer.handing_over.holdings import ending_of, holdings_of
from relata.engine.transfer.handing_over.own_things import FLOW_RUNS, own_things
from relata.engine.ui.briefing import briefings, is_briefed
from relata.engine.workspace.api_keys import renew_key
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.testing.house import House


@pytest.fixture
def queue(house: House) -> Queue:
    queue = Queue(house.door.database.url)
    running.register(queue, house.door)
    return queue


async def owned(house: House, user: UUID, *names: str) -> list[UUID]:
    async with house.as_person(user) as work:
        return [(await work.create("account", {"name": name})).id for name in names]


async def owner_of(work: Workspace, record: UUID, kind: str = "account") -> UUID:
    return UUID(str((await work.get(kind, record))["owner"]))


async def test_everything_goes_to_whom_it_was_given_and_comes_back(house: House, queue: Queue) -> None:
    ada, bob, cleo = [await house.person(name) for name in ("Ada", "Bob", "Cleo")]
    first, second = await owned(house, bob, "First", "Second")
    async with house.as_person(bob) as work:
        task = await work.create("task", {"subject": "Call", "about": {"object": "account", "id": str(first)}})
        view = await work.create("view", {"name": "Mine", "object": "account"})

    async with house.as_person(ada) as work:
        counts = {one.key: one.count for one in await holdings_of(work, bob)}
        assert (counts["account.owner"], counts["task.owner"]) == (2, 1)
        assert [(one.name, count) for one, count in await own_things(work, bob)] == [("view", 1)]
        targets = {"account.owner": ada, "task.owner": cleo, "view": cleo}
        made = await handing.hand_over(work, queue, bob, targets, shuts_out=True)

    async with house.system() as work:
        assert [await owner_of(work, one) for one in (first, second)] == [ada, ada]
        assert await owner_of(work, task.id, "task") == cleo
        assert await owner_of(work, view.id, "view") == cleo
        assert (await work.get("user", bob))["status"] == "inactive"
        await work.change(("account", second), {"owner": str(cleo)})

    async with house.as_person(ada) as work:
        await handing.take_back(work, queue, made.id)
        assert await owner_of(work, first) == bob
        assert await owner_of(work, second) == cleo  # somebody decided otherwise since
        assert (await work.as_system().get("view", view.id))["owner"] == bob
        assert (await work.get("user", bob))["status"] == "active"
        with pytest.raises(Conflict):
            await handing.take_back(work, queue, made.id)


async def test_mailboxes_reports_and_flows_work_on_for_somebody_else(house: House, queue: Queue) -> None:
    ada, bob, cleo = [await house.person(name) for name in ("Ada", "Bob", "Cleo")]
    async with house.as_person(bob) as work:
        await work.create("mailbox", {"name": "Bob", "address": "bob@example.com"})
        await work.create("report", {"name": "Mine", "body": {"object": "account"}})
        steps = (Notify(id="tell", to="record.owner", text="Thank you"),)
        trigger = RecordTrigger(object="account", happens=("created",))
        flow = await keeping.make_flow(work, "Thanks", Body(trigger=trigger, steps=steps))
        version = (await keeping.publish(work, flow.id)).id

    async with house.as_person(ada) as work:
        targets = {"mailbox": cleo, "report": ada, "flow.owner": ada, FLOW_RUNS: ada}
        assert targets.keys() <= {one.name for one, _ in await own_things(work, bob)} | {"flow.owner"}
        made = await handing.hand_over(work, queue, bob, targets, shuts_out=True)
        assert await keeping.publisher_of(work, version) == ada
        everything = work.as_system()
        assert [one["owner"] for one in await everything.find("mailbox")] == [cleo]
        await handing.take_back(work, queue, made.id)
        assert await keeping.publisher_of(work, version) == bob
        assert [one["owner"] for one in await everything.find("mailbox")] == [bob]


async def test_many_records_go_on_in_a_worker(house: House, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob")
    records = await owned(house, bob, *(f"Number {number}" for number in range(7)))
    monkeypatch.setattr(running, "CHUNK", 3)

    async with house.as_person(ada) as work:
        made = await handing.hand_over(work, queue, bob, {"account.owner": ada}, shuts_out=False)
        ((_key, bulk, _views),) = await handing.parts_of(work, made)
        assert bulk is not None
        assert (bulk["status"], bulk["changed"]) == ("running", 0)
        with pytest.raises(Conflict):
            await handing.take_back(work, queue, made.id)
    await running.run(house.door, house.key, bulk.id)
    async with house.system() as work:
        assert {await owner_of(work, one) for one in records} == {ada}


async def test_sessions_and_keys_die_in_the_same_moment(house: House, queue: Queue) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob")
    async with house.system() as work:
        connection, workspace = work.unit.connection, work.context.id
        account = await accounts.create(connection, "bob@example.com", "four unrelated words")
        await memberships.join(connection, account, workspace, bob)
        session, token = await sessions.start(connection, account, workspace, Visitor("127.0.0.1", ""))
        _, key = await keys.create(connection, workspace, bob, "Nightly")
        shop = {"name": "Shop", "url": "https://shop.example.com", "objects": ["account"], "happens": ["created"]}
        await work.create("webhook", {**shop, "subscriber": bob})
    resolver = Resolver(house.door.database)
    assert await resolver.session(token) is not None
    assert await resolver.key(key) is not None

    async with house.as_person(ada) as work:
        ending = await ending_of(work, bob)
        assert (ending.sessions, ending.keys, ending.webhooks) == (1, 1, 1)
        await handing.hand_over(work, queue, bob, {}, shuts_out=True)

    assert await resolver.session(token) is None
    assert await resolver.key(key) is None
    async with house.door.database.read() as connection:
        assert await living_sessions(connection, [session]) == set()


async def test_programs_go_on_for_somebody_else_with_texts_that_who_left_never_saw(house: House, queue: Queue) -> None:
    ada, bob, cleo = [await house.person(name) for name in ("Ada", "Bob", "Cleo")]
    async with house.system() as work:
        connection, workspace = work.unit.connection, work.context.id
        for who, email in ((bob, "bob@example.com"), (cleo, "cleo@example.com")):
            account = await accounts.create(connection, email, "four unrelated words")
            await memberships.join(connection, account, workspace, who)
        nightly, text = await keys.create(connection, workspace, bob, "Nightly")
        hourly, _ = await keys.create(connection, workspace, bob, "Hourly")
        uris = ["https://shop.example.com/back"]
        shop, secret = await applications.register(
            connection, workspace, "Shop", uris, owner=bob, by=bob, confidential=True
        )
    resolver = Resolver(house.door.database)
    assert await resolver.key(text) is not None

    async with house.as_person(ada) as work:
        assert await credentials_of(work, bob) == {KEYS: 2, APPLICATIONS: 1}
        made = await handing.hand_over(work, queue, bob, {KEYS: cleo, APPLICATIONS: cleo}, shuts_out=True)
    assert await resolver.key(text) is None
    async with house.system() as work:
        moved = await applications.find(work.unit.connection, shop)
        assert moved is not None
        assert moved.owner == cleo
        assert not await applications.secret_is_right(work.unit.connection, moved, secret)
    async with house.as_person(ada) as work:
        with pytest.raises(NotFound):
            await renew_key(work, nightly)
    async with house.as_person(cleo) as work:
        renewed = await renew_key(work, nightly)
    known = await resolver.key(renewed)
    assert known is not None
    assert known.user == cleo

    async with house.as_person(ada) as work:
        await handing.take_back(work, queue, made.id)
        mine = {one.id: one for one in await keys.list_of(work.unit.connection, work.context.id, bob)}
        assert mine.keys() == {hourly}  # the other one works for Cleo since
        assert mine[hourly].waits


async def test_only_who_manages_people_and_may_as_much(house: House, queue: Queue) -> None:
    ada, bob, reader = await house.person("Ada"), await house.person("Bob"), await house.person("Rita", "reader")
    gone = await house.person("Gone", status="inactive")
    async with house.as_person(reader) as work:
        with pytest.raises(Denied):
            await holdings_of(work, bob)
        with pytest.raises(Denied):
            await handing.hand_over(work, queue, bob, {}, shuts_out=True)
    async with house.as_person(ada) as work:
        with pytest.raises(Denied):
            await handing.hand_over(work, queue, ada, {}, shuts_out=True)
        with pytest.raises(Invalid):
            await handing.hand_over(work, queue, bob, {"account.owner": gone}, shuts_out=False)
        with pytest.raises(Invalid):
            await handing.hand_over(work, queue, bob, {}, shuts_out=False)


async def test_a_briefing_tells_what_is_open_and_what_was_last(house: House) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob")
    (first,) = await owned(house, bob, "First")
    about = {"object": "account", "id": str(first)}
    async with house.as_person(bob) as work:
        await work.create("task", {"subject": "Send the offer", "about": about, "due_on": "2031-01-02"})
        await work.create("call", {"subject": "Asked for a price", "about": about, "at": "2026-01-02T10:00:00Z"})
        meeting = {"subject": "Visit", "about": about, "starts_at": "2026-02-02T10:00:00Z"}
        await work.create("meeting", meeting)
    async with house.as_person(ada) as work:
        one = work.registry.get("account")
        assert is_briefed(work, one)
        (told,) = (await briefings(work, one, "owner", bob)).items
    assert (told.title, told.open) == ("First", 2)
    assert told.step is not None
    assert told.step.title == "Visit"
    assert told.last is not None
    assert told.last.title == "Asked for a price"
