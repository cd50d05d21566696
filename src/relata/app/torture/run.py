"""One run: a company, `relata run` over it, the clients, the killer, and the verdict."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import Process, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType

from relata.app import tasks
from relata.app.assembly import House
from relata.app.bench.servers import free_port
from relata.app.settings import Settings
from relata.app.torture import checks
from relata.app.torture.beside import beside, replica_settings
from relata.app.torture.checks import Check
from relata.app.torture.client import Client
from relata.app.torture.company import Company, change_crowd, found
from relata.app.torture.journal import Journal
from relata.app.torture.killing import START_SECONDS, Kill, Killer
from relata.app.torture.trial import chosen, judged, tell
from relata.engine.storage import embedded
from relata.foundation.errors import LimitReached, Unavailable


@dataclass
class Verdict:
    """What a run came to."""

    seed: int
    seconds: float = 0.0
    acknowledged: int = 0
    answered: int = 0
    lost: int = 0
    settled_seconds: float = 0.0
    replica: dict[str, int] = field(default_factory=dict)
    kills: list[Kill] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return (
            bool(self.kills)
            and all(kill.seconds is not None for kill in self.kills)
            and not any(check.wrong for check in self.checks)
        )

    def json(self) -> object:
        """For machines."""
        return {"holds": self.holds, **asdict(self)}

    def lines(self) -> list[str]:
        """For people."""
        found = [
            f"{self.seconds:.0f} s, seed {self.seed}: {self.answered} answers, "
            f"{self.acknowledged} acknowledged writes, {self.lost} requests without an answer, "
            f"{len(self.kills)} kills; quiet after {self.settled_seconds:.1f} s"
        ]
        for what in sorted({kill.what for kill in self.kills}):
            times = [kill.seconds for kill in self.kills if kill.what == what]
            known = sorted(one for one in times if one is not None)
            words = f"median {known[len(known) // 2]:.1f} s, longest {known[-1]:.1f} s" if known else "never"
            found.append(f"{what}: killed {len(times)} times, serves again: {words}, not at all: {times.count(None)}")
        counted = ", ".join(f"{what} {count}" for what, count in self.replica.items())
        found.append(f"replica, as the second web server saw it since its last start: {counted}")
        return [*found, *judged(self.checks, self.holds)]


def torture(*, minutes: float, clients: int, seed: int | None, between_seconds: float, keep: bool) -> Verdict:
    """An installation of its own, in a folder that goes with the run unless `keep` says otherwise."""
    home = Path(tempfile.mkdtemp(prefix="relata-torture-", dir="/tmp"))
    home.chmod(0o711)
    verdict = Verdict(chosen(seed), seconds=minutes * 60)
    try:
        return asyncio.run(_torture(home, verdict, clients, between_seconds))
    finally:
        if keep or not verdict.holds:
            tell(f"what is left lies in {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)


async def _torture(home: Path, verdict: Verdict, clients: int, between: float) -> Verdict:
    settings = Settings.from_environment({"RELATA_HOME": str(home)})
    with embedded.start(home) as server:
        async with House.of(settings, server.url) as house:
            company = await found(house)
    tell("the company is there")
    port = free_port()
    url = embedded.address(home)
    async with installation(home, port, replica_settings(home)) as process:
        killer = Killer(process.pid, port, verdict.seed)
        if await killer.recovered(START_SECONDS) is None:
            raise Unavailable("relata run, which was to be tortured, did not start.", code="torture_run")
        async with House.of(settings, url) as house:
            tasks.register(house, house.queue)
            await _tortured(house, home, company, killer, verdict, clients, between)
    return verdict


async def _tortured(
    house: House, home: Path, company: Company, killer: Killer, verdict: Verdict, clients: int, between: float
) -> None:
    """From the first client to the verdict; `verdict.seconds` says how long the load goes on."""
    journal, url = Journal(), house.database.url
    async with beside(home, url) as others:
        killer.ports.append(others.port)
        killer.beside = others.deaths
        if await killer.recovered(START_SECONDS) is None:
            raise Unavailable("The web server beside relata run did not start.", code="torture_beside")
        crowd = [
            Client(number, f"http://127.0.0.1:{killer.ports[number % 2]}", company.key, journal, company.shared,
                   verdict.seed)
            for number in range(clients)
        ]  # fmt: skip
        bulks = await _live(house, company, crowd, killer, verdict.seconds, between)
        verdict.replica = await others.readings()
    verdict.settled_seconds = await checks.settled(house)
    async with House.of(house.settings, url) as fresh:
        verdict.checks = await checks.check(fresh, journal, bulks)
    verdict.acknowledged, verdict.answered, verdict.lost = journal.acknowledged, journal.answered, journal.lost
    verdict.kills = killer.kills


async def _live(
    house: House, company: Company, crowd: Sequence[Client], killer: Killer, seconds: float, between: float
) -> list[str]:
    """The clients and the killer, side by side; the bulk changes that were begun."""
    until = asyncio.Event()
    parts = [asyncio.create_task(client.run(until)) for client in crowd]
    death = asyncio.create_task(killer.run(until, between_seconds=between))
    bulk = asyncio.create_task(_bulks(house, company, until))
    await asyncio.wait(parts, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)  # one that ends now has failed
    until.set()
    await death
    await asyncio.gather(*parts)
    return await bulk


async def _bulks(house: House, company: Company, until: asyncio.Event) -> list[str]:
    """The marks of one bulk change after the other. Of one whose beginning was not acknowledged nothing is said."""
    begun: list[str] = []
    for number in range(1000):
        with contextlib.suppress(Unavailable, LimitReached):
            mark = f"bulk-{number}"
            await change_crowd(house, company, mark)
            begun.append(mark)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), 12)
            break
    return begun


@contextlib.asynccontextmanager
async def installation(home: Path, port: int, more: Mapping[str, str] = MappingProxyType({})) -> AsyncIterator[Process]:
    """`relata run` over a home, for as long as it is wanted. more: settings."""
    unwanted = ("RELATA_", "PYTHONDONTWRITEBYTECODE")  # without compiled code, a start takes four times as long
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    environment |= {
        "RELATA_HOME": str(home), "RELATA_PORT": str(port), "RELATA_WORKERS": "2", "RELATA_LOG_LEVEL": "error", **more,
    }  # fmt: skip
    command = [sys.executable, "-m", "relata.app", "run"]
    with (home / "run.log").open("ab") as log:
        process = await create_subprocess_exec(
            *command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
