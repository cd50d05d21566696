"""Flows under fire: thousands of runs with requests, waits, branches, lanes, loops and approvals, while whole workers
are killed at random. Each run must end, each request must count once at a server that honours its key."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from relata.app.assembly import MAIN, House
from relata.app.torture.checks import Check
from relata.app.torture.company import Company, found
from relata.app.torture.trial import Verdict, chosen, installation_at, tried, until_done, while_workers_die
from relata.engine.automation.approvals import deciding
from relata.engine.automation.approvals.administration import Approvals
from relata.engine.automation.approvals.objects import DECISION
from relata.engine.automation.flows import keeping
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Approve, Branch, Create, Http, Loop, Parallel, Set, Update, Wait
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

#: Of so many runs one is approved, and one goes through lanes.
_APPROVED, _LANES = 25, 10
_CHUNK = 500
#: A run without any progress of the whole for so long is counted as stuck.
_PATIENCE_SECONDS = 150.0


@dataclass
class Recorder:
    """A server that honours the key. effects: the keys under which something was done, by record."""

    port: int = 0
    asked: int = 0
    effects: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request. Every twentieth is refused for the moment, before anything is done."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            body = msgspec.json.decode(await reader.readexactly(int(headers.get("content-length", "0"))))
            self.asked += 1
            status = b"503" if self.asked % 20 == 0 else b"200"
            if status == b"200":
                self.effects[body["record"]].add(headers["idempotency-key"])
            writer.write(b"HTTP/1.1 " + status + b" x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            await writer.drain()
        writer.close()


@dataclass(kw_only=True)
class FlowVerdict(Verdict):
    """states: of the runs in the end. asked: requests that arrived."""

    runs: int
    asked: int = 0
    states: dict[str, int] = field(default_factory=dict)

    def summary(self) -> str:
        return (
            f"{self.runs} runs in {self.seconds:.0f} s, seed {self.seed}: {self.kills} workers killed,"
            f" {self.asked} requests"
        )


def torture_flows(*, runs: int, seed: int | None, between_seconds: float, keep: bool) -> FlowVerdict:
    """So many runs of one flow, in an installation of its own."""
    verdict = FlowVerdict(runs=runs, seed=chosen(seed))
    return tried("flows", verdict, lambda home: _torture(home, verdict, between_seconds), keep=keep)


async def _torture(home: Path, verdict: FlowVerdict, between: float) -> None:
    recorder = Recorder()
    server = await asyncio.start_server(recorder.answer, "127.0.0.1", 0)
    recorder.port = server.sockets[0].getsockname()[1]
    async with server, installation_at(home) as house:
        company = await found(house)
        flow = await _publish(house, company, recorder)
        async with while_workers_die(house, home, verdict, between) as until:
            approver = asyncio.create_task(_approve(house, company, until))
            try:
                await _start(house, company, verdict.runs)
                await _until_done(house, flow, verdict)
            finally:
                until.set()
                await approver
        verdict.asked = recorder.asked
        verdict.checks = await _checks(house, company, flow, verdict, recorder)


async def _publish(house: House, company: Company, recorder: Recorder) -> UUID:
    process = {
        "object": "account",
        "label": "Torture",
        "steps": [{"approvers": [{"kind": "person", "who": str(company.person)}]}],
    }
    await Approvals(house.door, MAIN, company.person).put("torture", {**process, "own": True})
    steps = (
        Update(id="mark", values={"description": '=concat(record.description, "x")'}),
        Http(id="ask", url=f"http://127.0.0.1:{recorder.port}/x", body={"record": "=record.id"}, seconds=5, tries=10),
        Branch(
            id="agreed", condition=f"record.employees - floor(record.employees / {_APPROVED}) * {_APPROVED} = 0",
            then=(Approve(id="approve"),), otherwise=(Wait(id="pause", until="=now()"),),
        ),
        Branch(
            id="wide", condition=f"record.employees - floor(record.employees / {_LANES}) * {_LANES} = 0",
            then=(Parallel(id="both", first=(Set(id="one", value="1"),), second=(Set(id="two", value="2"),)),),
        ),
        Loop(
            id="each", object="contact", where="account = {{record.id}}",
            steps=(Create(id="task", object="task", values={"subject": "Call", "about": "=each"}),),
        ),
    )  # fmt: skip
    trigger = RecordTrigger(object="account", happens=("created",), where='name starts "Torture "')

    async def make(work: Workspace) -> UUID:
        flow = await keeping.make_flow(work, "Torture", Body(trigger=trigger, steps=steps))
        await keeping.publish(work, flow.id)
        return flow.id

    return await house.door.run(MAIN, company.person, make, via="bench")


async def _start(house: House, company: Company, runs: int) -> None:
    """Accounts, each with a contact, in pieces."""
    for at in range(0, runs, _CHUNK):
        numbers = range(at, min(at + _CHUNK, runs))

        async def create(work: Workspace, numbers: range = numbers) -> None:
            rows = [{"name": f"Torture {number}", "employees": number + 1} for number in numbers]
            made = await work.create_many("account", rows)
            people = [{"name": {"last": "T"}, "account": str(one.id)} for one in made]
            await work.create_many("contact", people)

        await house.door.run(MAIN, company.person, create, via="bench")


async def _approve(house: House, company: Company, until: asyncio.Event) -> None:
    """Decide whatever waits for the administrator."""
    while not until.is_set():

        async def decide(work: Workspace) -> None:
            for item in await work.find(DECISION, owner=company.person, state="waiting", limit=50):
                await deciding.decide(work, item["request"], approve=True)

        with contextlib.suppress(RelataError):
            await house.door.run(MAIN, company.person, decide, via="bench")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), 0.5)


async def _states(house: House, flow: UUID) -> Counter[str]:
    schema = quoted((await house.door.context(MAIN)).schema)
    async with house.database.read() as connection:
        rows = await connection.fetch(
            f"select state, count(*), sum(seq) from {schema}._flow_run where flow = %s and cause not like 'part:%%'"
            " group by state",
            (flow,),
        )
    return Counter({state: int(count) for state, count, _seq in rows} | {"_": sum(int(row[2] or 0) for row in rows)})


async def _until_done(house: House, flow: UUID, verdict: FlowVerdict) -> None:
    async def look() -> tuple[Counter[str], bool]:
        states = await _states(house, flow)
        verdict.states = {name: count for name, count in states.items() if name != "_"}
        return states, states["done"] + states["failed"] + states["stopped"] >= verdict.runs

    await until_done(look, every_seconds=1, patience_seconds=_PATIENCE_SECONDS)


async def _checks(house: House, company: Company, flow: UUID, verdict: FlowVerdict, recorder: Recorder) -> list[Check]:
    other = tuple(f"{count} {state}" for state, count in verdict.states.items() if state != "done")
    missing = verdict.runs - verdict.states.get("done", 0)
    twice = tuple(f"{record}: {len(keys)} keys" for record, keys in recorder.effects.items() if len(keys) != 1)
    lost = (
        (f"{verdict.runs - len(recorder.effects)} requests never arrived",)
        if len(recorder.effects) != verdict.runs
        else ()
    )

    async def count(work: Workspace) -> tuple[int, int, int]:
        marked = await work.count("account", description="x")
        tasks = await work.count("task", subject="Call")
        return marked, tasks, await work.count(DECISION, state="waiting")

    marked, tasks, open_ = await house.door.run(MAIN, None, count, via="bench")
    n = verdict.runs
    return [
        Check("Each run ends well", n, other or ((f"{missing} runs are missing",) if missing else ())),
        Check("Each request counts once", recorder.asked, (*twice, *lost)),
        Check("Each change is made once", n, () if marked == n else (f"{marked} of {n} records are marked once",)),
        Check("Each record of a loop is made once", n, () if tasks == n else (f"{tasks} tasks instead of {n}",)),
        Check("No approval is left behind", n, () if not open_ else (f"{open_} still wait",)),
    ]
