"""SIGKILL, at random, to what serves: and how long it takes until everything serves again without a hand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx
import psutil

#: `relata run` gives up on a child that dies five times within a minute: that is a fault of its own, not one of ours.
_MOST_DEATHS, _WITHIN_SECONDS = 3, 65.0
_SERVES_IN_A_ROW = 4
_PATIENCE_SECONDS = 40.0
#: A first start loads everything from a disk that may be busy.
START_SECONDS = 180.0
KINDS = ("web", "web process", "worker", "database", "database session")


@dataclass(frozen=True, slots=True)
class Kill:
    """One death. seconds: until everything served again; None when it did not in time."""

    what: str
    seconds: float | None


class Killer:
    """Kills below one `relata run`, and what stands beside it. ports: everything that must serve."""

    def __init__(self, supervisor: int, port: int, seed: int) -> None:
        self._supervisor = psutil.Process(supervisor)
        self.ports = [port]
        self.beside: Mapping[str, Callable[[], Awaitable[None]]] = {}
        self._random = random.Random(seed)
        self._deaths: dict[str, list[float]] = {}
        self.kills: list[Kill] = []

    async def run(self, until: asyncio.Event, *, between_seconds: float) -> None:
        """Kills, waits for the recovery, lets the clients work a while, and again."""
        while not until.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), self._random.uniform(0.5, 1.5) * between_seconds)
                return
            await self.kill_one()

    async def kill_one(self) -> None:
        """One death of a kind that may die at the moment."""
        kinds = [each for each in (*KINDS, *self.beside) if self._may_die(each)]
        kind = self._random.choice(kinds or ["database session"])
        if kind in self.beside:
            await self.beside[kind]()
        else:
            victims = self.victims(kind)
            if not victims:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._random.choice(victims), signal.SIGKILL)
        self._deaths.setdefault(_parent(kind), []).append(time.monotonic())
        self.kills.append(Kill(kind, await self.recovered()))

    def victims(self, kind: str) -> Sequence[int]:
        """The processes of a kind that live now."""
        children = {_role(each): each for each in _living(self._supervisor.children())}
        if kind in ("web", "worker"):
            return [children[kind].pid] if kind in children else []
        if kind == "web process":
            below = _living(children["web"].children()) if "web" in children else []
            return [each.pid for each in below if "resource_tracker" not in " ".join(_words(each))]
        main = children.get("database")
        if main is None or kind == "database":
            return [main.pid] if main else []
        return [each.pid for each in _living(main.children()) if "relata relata" in " ".join(_words(each))]

    async def recovered(self, patience: float = _PATIENCE_SECONDS) -> float | None:
        """Seconds until readiness was said several times in a row, over fresh connections."""
        started, in_a_row = time.monotonic(), 0
        while time.monotonic() - started < patience:
            with contextlib.suppress(httpx.TransportError):
                async with httpx.AsyncClient(timeout=2.0) as one:
                    told = [await one.get(f"http://127.0.0.1:{port}/readyz") for port in self.ports]
                in_a_row = in_a_row + 1 if all(answer.status_code == 200 for answer in told) else 0
                if in_a_row == 1:
                    first = time.monotonic()
                if in_a_row >= _SERVES_IN_A_ROW and self.victims("worker"):
                    return first - started
            await asyncio.sleep(0.05)
        return None

    def _may_die(self, kind: str) -> bool:
        now = time.monotonic()
        return len([at for at in self._deaths.get(_parent(kind), ()) if now - at < _WITHIN_SECONDS]) < _MOST_DEATHS


def _parent(kind: str) -> str:
    """Whose deaths are counted: Granian gives up, too, when its processes die one after the other."""
    return "web" if kind.startswith("web") else kind


def _role(process: psutil.Process) -> str:
    words = _words(process)
    if any("postgres" in word for word in words[:1]):
        return "database"
    return next((word for word in ("serve", "worker") if word in words), "").replace("serve", "web")


def _words(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _living(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    found = []
    for each in processes:
        with contextlib.suppress(psutil.Error):
            if each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
    return found
