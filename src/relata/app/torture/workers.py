"""Workers of an installation that is tortured: whole processes, of which one is killed now and then, and replaced."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from asyncio.subprocess import Process, create_subprocess_exec
from pathlib import Path
from typing import Protocol

_WORKERS = 2


class Dying(Protocol):
    """What is counted."""

    seed: int
    kills: int


async def workers_dying(home: Path, url: str, verdict: Dying, between: float, until: asyncio.Event) -> None:
    """Workers, of which one is killed now and then, and replaced."""
    chance = random.Random(verdict.seed)
    alive = [await _worker(home, url) for _number in range(_WORKERS)]
    try:
        while not until.is_set():
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
