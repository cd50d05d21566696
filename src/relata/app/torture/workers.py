"""Workers of an installation that is tortured: whole processes, of which one is killed now and then, and replaced."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from asyncio.subprocess import Process, create_subprocess_exec
from pathlib import Path
from typing import Protocol

from relata.app.assembly import House

_WORKERS, _START_SECONDS = 2, 60.0


class Dying(Protocol):
    """What is counted."""

    seed: int
    kills: int


async def workers_dying(house: House, home: Path, verdict: Dying, between: float, until: asyncio.Event) -> None:
    """Workers, of which one is killed now and then, and replaced. The time to the next kill begins when the new one
    takes jobs: on a busy machine none would ever come so far otherwise."""
    chance, url = random.Random(verdict.seed), house.database.url
    known = await _known(house)
    alive = [await _worker(home, url) for _number in range(_WORKERS)]
    try:
        while not until.is_set():
            known = await _ready(house, known, until)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), chance.uniform(0.5, 1.5) * between)
                return
            at = chance.randrange(len(alive))
            await _kill(alive[at])
            verdict.kills += 1
            alive[at] = await _worker(home, url)
    finally:
        for process in alive:
            await _kill(process)


async def _known(house: House) -> int:
    """The latest worker that took jobs."""
    async with house.database.read() as connection:
        row = await connection.fetch_one("select coalesce(max(id), 0) from public.procrastinate_workers")
    return int(row[0]) if row else 0


async def _ready(house: House, known: int, until: asyncio.Event) -> int:
    """The same, once there is a later one."""
    began = time.monotonic()
    while not until.is_set() and time.monotonic() - began < _START_SECONDS:
        found = await _known(house)
        if found > known:
            return found
        await asyncio.sleep(0.2)
    return known


async def _kill(process: Process) -> None:
    """One that has ended by itself is gone as well; its log says why."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    await process.wait()


async def _worker(home: Path, url: str) -> Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELATA_")}
    environment |= {
        "RELATA_HOME": str(home), "RELATA_DATABASE_URL": url, "RELATA_LOG_LEVEL": "error",
        "RELATA_FETCH_NETWORKS": "127.0.0.0/8", "RELATA_FETCH_HTTP": "true",
    }  # fmt: skip
    with (home / "worker.log").open("ab") as log:
        return await create_subprocess_exec(
            sys.executable, "-m", "relata.app", "worker", env=environment, stdout=log, stderr=log
        )
