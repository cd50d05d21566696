"""What every trial under fire has: a folder of its own, workers that die while it goes on, and a verdict in the end."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from relata.app.assembly import House
from relata.app.settings import Settings
from relata.app.torture.checks import Check
from relata.app.torture.workers import workers_dying
from relata.engine.storage import embedded
from relata.foundation.errors import RelataError

_SHOWN = 10
V = TypeVar("V", bound="Verdict")


@dataclass(kw_only=True)
class Verdict:
    """What a trial came to; each kind adds what it counted."""

    seed: int
    kills: int = 0
    seconds: float = 0.0
    checks: list[Check] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return self.kills > 0 and bool(self.checks) and not any(check.wrong for check in self.checks)

    def json(self) -> object:
        """For machines."""
        return {"holds": self.holds, **asdict(self)}

    def lines(self) -> list[str]:
        """For people."""
        return [self.summary(), *judged(self.checks, self.holds)]

    def summary(self) -> str:
        """Its figures, on one line."""
        raise NotImplementedError


def judged(checks: Sequence[Check], holds: bool) -> list[str]:
    """Each promise and what broke it, and whether all were kept."""
    lines = []
    for check in checks:
        lines.append(f"{'WRONG' if check.wrong else 'ok   '} {check.promise} ({check.looked_at})")
        lines.extend(f"      {line}" for line in check.wrong[:_SHOWN])
    return [*lines, "Every promise was kept." if holds else "NOT every promise was kept."]


def chosen(seed: int | None) -> int:
    """The seed that was asked for, or any."""
    return random.randrange(10**6) if seed is None else seed


def tell(line: str) -> None:
    """To whoever waits for it, beside the verdict."""
    print(f"torture: {line}", file=sys.stderr, flush=True)


def tried(kind: str, verdict: V, trial: Callable[[Path], Awaitable[None]], *, keep: bool) -> V:
    """The verdict, once `trial` has filled it in: in a folder of its own, which goes unless a promise was broken or
    `keep` says otherwise."""
    home, began = Path(tempfile.mkdtemp(prefix=f"relata-{kind}-", dir="/tmp")), time.monotonic()
    home.chmod(0o711)

    async def run() -> None:
        await trial(home)

    try:
        asyncio.run(run())
        verdict.seconds = time.monotonic() - began
        return verdict
    finally:
        if keep or not verdict.holds:
            tell(f"what is left lies in {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)


@contextlib.asynccontextmanager
async def installation_at(home: Path) -> AsyncIterator[House]:
    """An installation in this folder, on a server of its own."""
    settings = Settings.from_environment({"RELATA_HOME": str(home)})
    with embedded.start(home) as database:
        async with House.of(settings, database.url) as house:
            yield house


@contextlib.asynccontextmanager
async def while_workers_die(
    house: House, home: Path, verdict: Verdict, between_seconds: float
) -> AsyncIterator[asyncio.Event]:
    """Workers of which one is killed now and then, until the block ends; the event is set then."""
    until = asyncio.Event()
    workers = asyncio.create_task(workers_dying(house, home, verdict, between_seconds, until))
    try:
        yield until
    finally:
        until.set()
        await workers


async def until_done(
    look: Callable[[], Awaitable[tuple[object, bool]]], *, every_seconds: float, patience_seconds: float
) -> None:
    """Looks how far it has come, until it says that all is done. What moves no more for so long is left as it is."""
    moved, last = time.monotonic(), object()
    while time.monotonic() - moved < patience_seconds:
        with contextlib.suppress(RelataError):
            state, is_done = await look()
            if is_done:
                return
            if state != last:
                moved, last = time.monotonic(), state
        await asyncio.sleep(every_seconds)
