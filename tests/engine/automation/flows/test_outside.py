"""Effects outside: each once at a server that honours the key, and shown as uncertain where nobody can know."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest_asyncio
from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.starting import start_for_changes
from relata.engine.automation.flows.steps import Branch, Create, Http, Loop, Mail, Notify, Update, Wait
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.fetching.client import Guard
from relata.engine.history.feed import Change
from relata.engine.messaging.mail.outgoing import loops
from relata.engine.messaging.message import Message
from relata.foundation.errors import Unavailable
from relata.testing.house import House

CREATED = RecordTrigger(object="account", happens=("created",))
GUARD = Guard([ip_network("127.0.0.0/8")], http=True)
WORKER = """
import asyncio, sys
from ipaddress import ip_network
from relata.app.modules import discover
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.running import Runner
from relata.engine.fetching.client import Guard
from relata.engine.storage.database import Database
from relata.engine.workspace.door import Door
from relata.testing.house import RING

async def work():
    database = await Database(sys.argv[1], pool_size=6).open()
    ports = Ports(guard=Guard([ip_network("127.0.0.0/8")], http=True))
    runner = Runner(Door(database, discover(), RING), ports, lease_seconds=0.5)
    print("ready", flush=True)
    while True:
        await runner.pump("main")
        await asyncio.sleep(0.02)

asyncio.run(work())
"""


@dataclass
class Recorder:
    """A server that honours the key. effects: by record, the keys under which something was done; asked: how often each
    key came."""

    port: int = 0
    effects: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failing: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = msgspec.json.decode(await reader.readexactly(int(headers.get("content-length", "0"))))
        key = headers["idempotency-key"]
        self.asked[key] += 1
        await asyncio.sleep(random.uniform(0, 0.03))
        status = 200
        if self.failing:
            self.failing -= 1
            status = 503
        elif self.asked[key] == 1 or key not in self.effects[body["record"]]:
            self.effects[body["record"]].append(key)
        text = b'{"number": "7", "deep": {"list": ["a", "b"]}}'
        writer.write(b"HTTP/1.1 %d x\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s" % (status, len(text), text))
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def recorder() -> AsyncIterator[Recorder]:
    found = Recorder()
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    async with server:
        yield found


def request_to(recorder: Recorder, **more: Any) -> Http:
    return Http(
        id="ask", url=f"http://127.0.0.1:{recorder.port}/x", body={"record": "=record.id", "name": "{{record.name}}"},
        seconds=2, outputs={"number": "number:number", "second": "deep.list.1:text"}, **more,
    )  # fmt: skip


async def test_a_request_is_repeated_under_its_key_and_its_answer_kept(
    house: House, flows: Flows, make: Any, recorder: Recorder
) -> None:
    ada = await house.person("Ada")
    flows.ports, recorder.failing = replace(flows.ports, guard=GUARD), 1
    tell = Notify(id="tell", to="record.owner", text="{{ask.second}} {{ask.number}}")
    flow = await flows.publish(ada, "Asks", Body(trigger=CREATED, steps=(request_to(recorder), tell)))
    account = await make(ada, "account", name="Acme")
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert (run["state"], run["attempts"]) == ("ready", 1)
    assert await flows.steps(run["id"]) == [("ask", "retrying")]
    await flows.sql("update {schema}._flow_run set wake_at = now()")
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done"]
    assert list(recorder.asked.values()) == [2]
    assert len(recorder.effects[str(account.id)]) == 1
    assert flows.told == [(ada, "b 7")]


async def test_nothing_outside_the_allowed_networks_is_asked(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    flows.ports = replace(flows.ports, guard=Guard())
    step = Http(id="ask", url="https://127.0.0.1/x")
    flow = await flows.publish(ada, "Asks", Body(trigger=CREATED, steps=(step,)))
    await make(ada, "account", name="Acme")
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert run["state"] == "failed"


class Post:
    """A mail server that loses its voice in the middle."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.uncertain = 0

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if self.uncertain:
            self.uncertain -= 1
            raise Unavailable("The mail server fell silent.", code="delivery_uncertain")


async def test_a_mail_that_may_have_gone_out_is_shown_and_repeated_only_as_the_flow_says(
    house: House, flows: Flows, make: Any
) -> None:
    ada = await house.person("Ada")
    post = Post()
    flows.ports = replace(flows.ports, transport=post)
    for name, uncertain in (("Once", "go_on"), ("Again", "repeat"), ("Strict", "fail")):
        mail = Mail(id="mail", to="x@example.com", subject="{{record.name}}\nBcc: y", text="Hi", uncertain=uncertain)
        await flows.publish(ada, name, Body(trigger=CREATED, steps=(mail,)))
    post.uncertain = 3
    await make(ada, "account", name="Acme")
    await flows.happen()
    await flows.sql("update {schema}._flow_run set wake_at = now()")
    await flows.happen()
    runs = await flows.runs()
    assert sorted(one["state"] for one in runs) == ["done", "done", "failed"]
    steps = sorted([(await flows.steps(one["id"]))[-1][1] for one in runs])
    assert steps == ["done", "failed", "uncertain"]
    assert len(post.sent) == 4
    assert {one.subject for one in post.sent} == {"Acme Bcc: y"}
    assert len({one.key for one in post.sent}) == 3


async def test_killed_workers_lose_no_run_and_repeat_no_effect(open_house: House, recorder: Recorder) -> None:
    """Workers are killed at random while runs wait, branch, loop and ask; each run ends, each request counts once."""
    flows = Flows(open_house)
    ada = await open_house.person("Ada")
    steps = (
        Update(id="mark", values={"description": "=concat(record.description, \"x\")"}),
        request_to(recorder, tries=10),
        Branch(id="if_seven", condition="ask.number = 7", then=(Wait(id="pause", amount=0, until="=now()"),)),
        Loop(
            id="each", object="contact", where="account = {{record.id}}",
            steps=(Create(id="task", object="task", values={"subject": "Call", "about": "=each"}),),
        ),
    )  # fmt: skip
    flow = await flows.publish(ada, "All of it", Body(trigger=CREATED, steps=steps))
    count = 24
    async with open_house.as_person(ada) as work:
        for at in range(count):
            account = await work.create("account", {"name": f"Account {at}"})
            for name in ("A", "B"):
                await work.create("contact", {"name": {"first": name, "last": "X"}, "account": account.id})
    async with open_house.system() as work:
        rows = await work.unit.connection.fetch(
            "select id, id, object, record, action, at, actor, via, coalesce(source, '{}'), '{}'::jsonb, '{}'::jsonb"
            f" from {work.context.schema}._change where object = 'account' and action = 'created'"
        )
        assert await start_for_changes(work, open_house.door.actors, [Change(*row) for row in rows]) == count
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    async def worker() -> asyncio.subprocess.Process:
        command = [sys.executable, "-c", WORKER, open_house.door.database.url]
        found = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, env=environment)
        assert found.stdout is not None
        await found.stdout.readline()
        return found

    states: dict[str, int] = {}
    for kill in range(8):
        process = await worker()
        await asyncio.sleep(random.uniform(0.05, 0.5) if kill < 3 else 4)
        for _look in range(40 if kill >= 3 else 0):  # a busy machine needs longer
            if all(run["state"] == "done" for run in await flows.runs(flow)):
                break
            await asyncio.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        states = defaultdict(int)
        for run in await flows.runs(flow):
            states[run["state"]] += 1
        if states["done"] == count:
            break
        await asyncio.sleep(0.5)
    assert dict(states) == {"done": count}
    assert {len(keys) for keys in recorder.effects.values()} == {1}
    assert len(recorder.effects) == count
    async with open_house.system() as work:
        assert await work.count("task", subject="Call") == 2 * count
        assert await work.count("account", description="x") == count


async def test_a_mail_takes_the_words_of_a_template_and_loops_end(
    house: House, flows: Flows, make: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(loops, "MOST_IN_AN_HOUR", 2)
    ada = await house.person("Ada")
    post = Post()
    flows.ports = replace(flows.ports, transport=post)
    async with house.as_person(ada) as work:
        words = {
            "name": "Welcome",
            "object": "account",
            "subject": "Hi {{ record.name }}",
            "body": "**{{ record.name }}**",
        }
        await work.create("email_template", words)
    mail = Mail(id="mail", to="x@example.com", template="Welcome")
    await flows.publish(ada, "Welcome", Body(trigger=CREATED, steps=(mail,)))
    for name in ("A*cme", "Beta", "Gamma"):
        await make(ada, "account", name=name)
    await flows.happen()
    assert [one.subject for one in post.sent] == ["Hi A*cme", "Hi Beta"]
    assert "<strong>A*cme</strong>" in (post.sent[0].html or "")
    failed = [(await flows.steps(one["id"]))[-1] for one in await flows.runs() if one["state"] == "failed"]
    assert len(failed) == 1
