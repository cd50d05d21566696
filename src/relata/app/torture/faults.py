"""`relata torture --faults`: what surrounds the product fails under load, one thing after the other: the disk is full,
the database ends for want of room, gives no more connections, says nothing. Each must be told in words, and be over
without a hand once it is mended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import psutil
import psycopg

from relata.app import tasks
from relata.app.assembly import House
from relata.app.bench.servers import free_port
from relata.app.settings import Settings
from relata.app.torture import checks
from relata.app.torture.checks import Check
from relata.app.torture.client import Client
from relata.app.torture.company import Company, found
from relata.app.torture.journal import Journal
from relata.app.torture.killing import Killer
from relata.app.torture.run import installation
from relata.engine.storage import embedded
from relata.foundation.errors import Unavailable

_SIZE, _CLIENTS, _BETWEEN_SECONDS, _TOLD_SECONDS = "400m", 8, 5.0, 25.0


@dataclass
class Fault:
    """told: readiness while it lasted. refused, read: what a write and a read were answered then. seconds: from its end
    until everything served."""

    what: str
    wanted: str
    told: str = ""
    refused: str = ""
    read: int = 0
    seconds: float | None = None

    @property
    def is_told(self) -> bool:
        """Whether the words were those that this fault deserves."""
        return self.wanted in self.told


@dataclass
class FaultsVerdict:
    """What a run came to."""

    seed: int
    acknowledged: int = 0
    answered: int = 0
    lost: int = 0
    faults: list[Fault] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether each fault was told and went by, and nothing was lost."""
        told = all(fault.is_told and fault.seconds is not None for fault in self.faults)
        return bool(self.faults) and told and not any(check.wrong for check in self.checks)

    def json(self) -> object:
        """For machines."""
        return {"holds": self.holds, **asdict(self)}

    def lines(self) -> list[str]:
        """For people."""
        found = [f"{self.acknowledged} acknowledged writes, {self.answered} answers, {self.lost} without an answer"]
        for one in self.faults:
            after = "never" if one.seconds is None else f"{one.seconds:.1f} s"
            word = "ok   " if one.is_told and one.seconds is not None else "WRONG"
            refused, read = one.refused or "no answer", one.read or "no answer"
            found.append(f"{word} {one.what}: serves {after} after its end")
            found.append(f"      readiness: {one.told or 'ready'}; a write: {refused}; a read: {read}")
        for check in self.checks:
            found.append(f"{'WRONG' if check.wrong else 'ok   '} {check.promise} ({check.looked_at})")
            found.extend(f"      {line}" for line in check.wrong[:10])
        return [*found, "Every promise was kept." if self.holds else "NOT every promise was kept."]


def torture_faults(*, seed: int | None, keep: bool) -> FaultsVerdict:
    """On a small disk in memory, which only root may make."""
    disk = Path(tempfile.mkdtemp(prefix="relata-faults-", dir="/tmp"))
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=711", "tmpfs", str(disk)], check=False)
    if made.returncode:
        disk.rmdir()
        raise Unavailable("No small disk could be made; run this as root on Linux.", code="faults_root")
    verdict = FaultsVerdict(random.randrange(10**6) if seed is None else seed)
    try:
        return asyncio.run(_faults(disk, verdict))
    finally:
        if not keep:
            subprocess.run(["umount", "--lazy", str(disk)], check=False)
            shutil.rmtree(disk, ignore_errors=True)


async def _faults(disk: Path, verdict: FaultsVerdict) -> FaultsVerdict:
    home, port = disk / "h", free_port()
    settings = Settings.from_environment({"RELATA_HOME": str(home)})
    with embedded.start(home) as server:
        async with House.of(settings, server.url) as house:
            company = await found(house)
    url = embedded.address(home)
    async with installation(home, port) as process, House.of(settings, url) as house:
        tasks.register(house, house.queue)
        journal, killer, until = Journal(), Killer(process.pid, port, verdict.seed), asyncio.Event()
        if await _recovered(killer) is None:
            raise Unavailable("relata run, which was to be tortured, did not start.", code="torture_run")
        crowd = [
            Client(number, f"http://127.0.0.1:{port}", company.key, journal, company.shared, verdict.seed)
            for number in range(_CLIENTS)
        ]
        parts = [asyncio.create_task(client.run(until)) for client in crowd]
        await asyncio.sleep(_BETWEEN_SECONDS)
        trial = _Trial(port, company, killer, verdict)
        await trial.of(Fault("the disk is full", "full"), lambda: _fill(disk), lambda: _empty(disk))
        await trial.of(Fault("the database ended for want of room", ""), lambda: _end(disk, url), lambda: _empty(disk))
        held: list[psycopg.AsyncConnection[object]] = []
        await trial.of(
            Fault("no connection is free", "no more connections"),
            lambda: _take_all(url, held, [*killer.victims("web process"), *killer.victims("worker")]),
            lambda: _give_back(held),
        )
        silent = list(killer.victims("database"))
        await trial.of(
            Fault("the database says nothing", "does not answer"),
            lambda: _signal(silent, signal.SIGSTOP), lambda: _signal(silent, signal.SIGCONT),
        )  # fmt: skip
        until.set()
        await asyncio.gather(*parts)
        await checks.settled(house)
        async with House.of(settings, url) as fresh:
            verdict.checks = await checks.check(fresh, journal, [])
        verdict.acknowledged, verdict.answered, verdict.lost = journal.acknowledged, journal.answered, journal.lost
    return verdict


class _Trial:
    """Begins a fault, asks what is said, ends it, and waits until everything serves."""

    def __init__(self, port: int, company: Company, killer: Killer, verdict: FaultsVerdict) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._headers = {"authorization": f"Bearer {company.key}"}
        self._killer = killer
        self._verdict = verdict

    async def of(self, fault: Fault, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]) -> None:
        """One fault from its beginning to its end."""
        await begin()
        try:
            await self._hear(fault)
        finally:
            await end()
        fault.seconds = await _recovered(self._killer)
        self._verdict.faults.append(fault)
        await asyncio.sleep(_BETWEEN_SECONDS)

    async def _hear(self, fault: Fault) -> None:
        began = time.monotonic()
        while time.monotonic() - began < _TOLD_SECONDS and not (fault.told and fault.is_told and fault.refused):
            async with httpx.AsyncClient(base_url=self._address, headers=self._headers, timeout=12) as http:
                with contextlib.suppress(httpx.TransportError):
                    fault.told = _words(await http.get("/readyz"))
                with contextlib.suppress(httpx.TransportError):
                    answer = await http.post("/api/v1/accounts", json={"name": f"Trial {time.monotonic_ns()}"})
                    fault.refused = _words(answer) if answer.is_error else fault.refused
                with contextlib.suppress(httpx.TransportError):
                    fault.read = (await http.get("/api/v1/accounts?limit=1")).status_code
            await asyncio.sleep(0.3)


async def _recovered(killer: Killer) -> float | None:
    """Seconds until everything serves, on a busy machine too."""
    began = time.monotonic()
    for _ in range(3):
        asked = time.monotonic()
        if (found := await killer.recovered()) is not None:
            return asked - began + found
    return None


def _words(answer: httpx.Response) -> str:
    """ "" for what is well; else the status and the sentence."""
    if not answer.is_error:
        return ""
    try:
        return f"{answer.status_code} {answer.json()['detail']}"
    except (ValueError, KeyError):
        return f"{answer.status_code} {answer.text[:80]}"


async def _fill(disk: Path) -> None:
    with contextlib.suppress(OSError), (disk / "filled").open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)


async def _empty(disk: Path) -> None:
    (disk / "filled").unlink(missing_ok=True)


async def _end(disk: Path, url: str) -> None:
    """Fills the disk, and has the database begin segments of its log until it has no room for one, and ends."""
    await _fill(disk)
    with contextlib.suppress(psycopg.Error):
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            for number in range(200):
                await connection.execute("select pg_logical_emit_message(true, 'full', %s)", (str(number) * 100,))
                await connection.execute("select pg_switch_wal()")
                await _fill(disk)


async def _take_all(url: str, held: list[psycopg.AsyncConnection[object]], others: list[int]) -> None:
    """Every connection that there is, those of the other processes too, which are stopped meanwhile."""
    for other in others:
        os.kill(other, signal.SIGSTOP)
    for _ in range(3):
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                held.append(await psycopg.AsyncConnection.connect(url, autocommit=True))
        with contextlib.suppress(psycopg.OperationalError):
            await held[0].execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> all(%s) and usename is not null"
                " and backend_type = 'client backend'",
                ([each.info.backend_pid for each in held],),
            )
    for other in others:
        os.kill(other, signal.SIGCONT)


async def _give_back(held: list[psycopg.AsyncConnection[object]]) -> None:
    for each in held:
        with contextlib.suppress(psycopg.Error):
            await each.close()


async def _signal(mains: list[int], number: signal.Signals) -> None:
    for main in mains:
        for each in (psutil.Process(main), *psutil.Process(main).children()):
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                os.kill(each.pid, number)
