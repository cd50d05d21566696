"""Webhooks tell what happened, signed, as whom they belong to, and are repeated until somebody hears."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from relata.engine.automation.webhooks import keeping, noticing, signing, watching
from relata.engine.automation.webhooks.delivering import Deliverer
from relata.engine.automation.webhooks.objects import WEBHOOK
from relata.engine.automation.webhooks.secrets import secrets_of
from relata.engine.fetching.client import Guard
from relata.engine.history.feed import Change
from relata.engine.identity.sealing import SecretBox
from relata.engine.jobs.queue import Queue
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.order import Order
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.testing.house import House

BOX = SecretBox("a secret key of this test, long enough")
LOCAL = Guard([ip_network("127.0.0.0/8")], http=True)


@dataclass
class Listener:
    """Another server. status: what it answers. heard: headers and bodies."""

    port: int = 0
    status: int = 200
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {
            name.lower(): value
            for name, value in (line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        }
        self.heard.append((headers, await reader.readexactly(int(headers.get("content-length", "0")))))
        writer.write(f"HTTP/1.1 {self.status} X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok".encode())
        await writer.drain()
        writer.close()

    @property
    def said(self) -> list[Any]:
        return [msgspec.json.decode(body) for _headers, body in self.heard]


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()


@dataclass
class Company:
    house: House
    listener: Listener
    told: list[str] = field(default_factory=list)
    seen: int = 0

    @property
    def queue(self) -> Queue:
        queue = Queue(self.house.door.database.url)

        @queue.task(noticing.DELIVER)
        async def nothing(job: Any) -> None:
            return None

        return queue

    async def tell(self, work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> bool:
        self.told.append(text)
        return True

    async def hook(self, who: UUID, **wishes: Any) -> tuple[UUID, str]:
        url = f"http://127.0.0.1:{self.listener.port}/hook"
        wish = keeping.Wish(
            **{"name": "Ledger", "url": url, "objects": ("account",), "happens": ("created", "changed", "deleted")}
            | wishes
        )
        async with self.house.as_person(who) as work:
            record, secret = await keeping.make_webhook(work, BOX, wish)
        await self.note()
        return record.id, secret

    async def note(self) -> None:
        """What happened since the last time is written down for webhooks."""
        async with self.house.system() as work:
            connection, schema = work.unit.connection, quoted(work.context.schema)
            await connection.execute(f"update {schema}._change set feed = id where feed is null")
            rows = await connection.fetch(
                "select feed, id, object, record, action, at, actor, via, coalesce(source, '{}'), '{}'::jsonb, '{}'"
                "::jsonb"
                f" from {schema}._change where id > %s order by id", (self.seen,),
            )  # fmt: skip
            changes = [Change(*row) for row in rows]
            await noticing.note_changes(connection, work.context.schema, changes)
            self.seen = changes[-1].id if changes else self.seen

    async def deliver(self, hook: UUID, guard: Guard = LOCAL) -> None:
        await self.note()
        await Deliverer(self.house.door, guard, self.tell, BOX).pump(self.house.key, hook)

    async def sql(self, text: str, *params: Any) -> list[Any]:
        async with self.house.system() as work:
            return await work.unit.connection.fetch(text.replace("{schema}", quoted(work.context.schema)), params)

    async def log(self, who: UUID, hook: UUID) -> list[watching.Delivery]:
        async with self.house.as_person(who) as work:
            return await watching.deliveries(work, hook)


@pytest.fixture
def company(house: House, listener: Listener) -> Company:
    return Company(house, listener)


async def test_what_happened_is_told_and_signed(company: Company, house: House) -> None:
    ada = await house.person("Ada")
    hook, secret = await company.hook(ada)
    async with house.as_person(ada) as work:
        record = await work.create("account", {"name": "Acme"})
    await company.deliver(hook)
    headers, body = company.listener.heard[0]
    said = msgspec.json.decode(body)
    assert (said["type"], said["data"]["after"]["name"]) == ("account.created", "Acme")
    assert said["data"]["record"] == str(record.id)
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    line = (await company.log(ada, hook))[0]
    assert (line.state, line.status, str(line.id)) == ("delivered", 200, headers["webhook-id"])
    async with house.as_person(ada) as work:
        kept = await watching.delivery_of(work, line.id)
    assert (kept.body, kept.answer) == (body.decode(), "ok")
    stored = await company.sql("select sealed from {schema}._webhook_delivery")
    assert "Acme" not in str(stored)


async def test_only_what_the_subscriber_sees_is_told(company: Company, house: House) -> None:
    ada = await house.person("Ada")
    async with house.system() as work:
        await work.create("team", {"name": "Far"})
    seller = await house.person("Sam", "sales_rep")
    hook, _secret = await company.hook(ada)
    await company.sql("update {schema}.webhook set subscriber = %s returning id", seller)
    async with house.as_person(ada) as work:
        await work.create("account", {"name": "Of Ada"})
    async with house.as_person(seller) as work:
        await work.create("account", {"name": "Of Sam"})
    await company.deliver(hook)
    async with house.as_person(seller) as work:
        seen = {one["name"] for one in await work.find("account", limit=10)}
    assert {one["data"]["after"]["name"] for one in company.listener.said} == seen
    assert "Of Sam" in seen


async def test_a_condition_is_asked_and_a_foreign_address_is_not_reached(company: Company, house: House) -> None:
    ada = await house.person("Ada")
    hook, _secret = await company.hook(ada, condition="employees > 10", happens=("created",))
    async with house.as_person(ada) as work:
        await work.create("account", {"name": "Small", "employees": 3})
        await work.create("account", {"name": "Large", "employees": 30})
    await company.deliver(hook, Guard())  # the guard lets nothing into the house's own network
    assert company.listener.heard == []
    waiting = [one for one in await company.log(ada, hook) if one.state == "waiting"]
    assert len(waiting) == 1
    await company.sql("update {schema}._webhook_delivery set next_at = now() where state = 'waiting' returning id")
    await company.deliver(hook)
    assert [one["data"]["after"]["name"] for one in company.listener.said] == ["Large"]


async def test_a_failure_is_repeated_under_the_same_id_and_a_day_of_them_ends_it(
    company: Company, house: House
) -> None:
    ada = await house.person("Ada")
    hook, _secret = await company.hook(ada)
    company.listener.status = 500
    async with house.as_person(ada) as work:
        await work.create("account", {"name": "Acme"})
    await company.deliver(hook)
    line = (await company.log(ada, hook))[0]
    assert (line.state, line.attempts) == ("waiting", 1)
    assert timedelta(seconds=3) < line.next_at - line.created_at < timedelta(seconds=30)
    await company.sql(
        "update {schema}._webhook_state set failing_since = now() - interval '25 hours' returning webhook"
    )
    await company.sql("update {schema}._webhook_delivery set next_at = now(), give_up_at = now() returning id")
    await company.deliver(hook)
    assert len({headers["webhook-id"] for headers, _body in company.listener.heard}) == 1
    assert (await company.log(ada, hook))[0].state == "failed"
    async with house.system() as work:
        record = await work.get(WEBHOOK, hook)
    assert record["state"] == "disabled"
    assert "for a day" in company.told[0]
    company.listener.status = 204
    async with house.as_person(ada) as work:
        await keeping.turn(work, company.queue, hook, "active")
        await keeping.deliver_again(work, company.queue, line.id)
    await company.deliver(hook)
    assert (await company.log(ada, hook))[0].state == "delivered"


async def test_both_secrets_sign_for_a_day(company: Company, house: House) -> None:
    ada = await house.person("Ada")
    hook, first = await company.hook(ada)
    async with house.as_person(ada) as work:
        second = await keeping.rotate_secret(work, BOX, hook)
        await keeping.send_test(work, company.queue, hook)
    await company.deliver(hook)
    headers, body = company.listener.heard[0]
    for secret in (first, second):
        assert signing.check(headers, body, [secret], time.time()) == headers["webhook-id"]
    with pytest.raises(Denied):
        signing.check(headers, body, [signing.new_secret()], time.time())
    with pytest.raises(Denied):
        signing.check(headers, body + b" ", [first], time.time())
    with pytest.raises(Denied):
        signing.check(headers, body, [first], time.time() + 301)
    await company.sql("update {schema}._webhook_secret set until = now() where until is not null returning id")
    async with house.system() as work:
        assert await secrets_of(work.unit.connection, BOX, work.context.schema, hook) == [second]


async def test_too_much_is_told_as_a_gap(company: Company, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await house.person("Ada")
    hook, _secret = await company.hook(ada)
    monkeypatch.setattr(noticing, "MOST_WAITING", 2)
    async with house.as_person(ada) as work:
        for name in ("A", "B", "C", "D"):
            await work.create("account", {"name": name})
    await company.note()
    await company.deliver(hook)
    kinds = [one["type"] for one in company.listener.said]
    assert sorted(kinds) == ["account.created", "account.created", "feed.gap"]
    gap = next(one["data"] for one in company.listener.said if one["type"] == "feed.gap")
    assert gap["until"] > gap["after"]


async def test_nobody_else_turns_it_to_another_address(company: Company, house: House) -> None:
    ada, grace = await house.person("Ada"), await house.person("Grace")
    hook, _secret = await company.hook(ada)
    wish = keeping.Wish("Ledger", "https://elsewhere.example", ("account",), ("created",))
    async with house.as_person(grace) as work:
        with pytest.raises(Conflict):
            await keeping.save_webhook(work, hook, wish)
        await keeping.take_over(work, hook)
        assert (await keeping.save_webhook(work, hook, wish))["subscriber"] == grace
        with pytest.raises(Invalid):
            await keeping.save_webhook(work, hook, keeping.Wish("X", "ftp://x", (), ()))
        with pytest.raises(Denied):
            await work.create(WEBHOOK, {"name": "By hand"})
    rep = await house.person("Rep", "sales_rep")
    async with house.as_person(rep) as work:
        with pytest.raises(Denied):
            await keeping.webhooks(work)


async def test_what_a_bulk_change_tells_waits_and_falls_away_with_it(company: Company, house: House) -> None:
    ada = await house.person("Ada")
    hook, _secret = await company.hook(ada, happens=("changed",))
    async with house.as_person(ada) as work:
        ids = [(await work.create("account", {"name": name})).id for name in ("A", "B")]
    await company.note()
    queue = company.queue
    running.register(queue, house.door)
    later = "update {schema}._webhook_delivery set next_at = now() where state = 'waiting' returning id"

    async def change(*chosen: UUID) -> UUID:
        async with house.as_person(ada) as work:
            order = Order("account", "change", chosen, values={"employees": "5"})
            return (await running.start(work, queue, order)).id

    async def undo(bulk: UUID) -> UUID:
        async with house.as_person(ada) as work:
            return (await running.undo(work, queue, bulk)).id

    async def pass_time() -> None:
        await company.deliver(hook)
        old = "update {schema}.bulk_change set finished_at = finished_at - interval '2 minutes' returning id"
        await company.sql(old)
        await company.sql(later)
        await company.deliver(hook)

    bulk = await change(*ids)
    await company.deliver(hook)
    await company.sql(later)  # even where somebody switched the webhook off and on
    await company.deliver(hook)
    assert company.listener.heard == []
    await undo(bulk)
    async with house.as_person(ada) as work:
        await work.change(("account", ids[0]), {"description": "of a person"})
    await pass_time()
    assert [one["data"]["after"] for one in company.listener.said] == [{"description": "of a person"}]
    assert {one.state for one in await company.log(ada, hook)} == {"undone", "delivered"}

    again = await change(ids[1])
    await undo(await undo(again))
    await pass_time()
    assert [one["data"]["after"] for one in company.listener.said[1:]] == [{"employees": 5}]
