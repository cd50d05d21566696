"""What larger installations have beside `relata run`: a streaming replica, and a web server behind a PgBouncer.
Half of the clients work there; replica and pooler die as everything else does, and are started again as a service
manager of the operating system would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import create_subprocess_exec
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from relata.app.bench.servers import free_port
from relata.app.torture import pooler
from relata.engine.storage.embedded_place import find_place
from relata.engine.storage.standby import Standby, standby, standby_url, start_standby

Death = Callable[[], Awaitable[None]]
_COUNTED = ("used", "behind", "away")


@dataclass(frozen=True)
class Beside:
    """port: of the second web server. deaths: by kind, what kills it and has it started again."""

    port: int
    deaths: Mapping[str, Death]

    async def readings(self) -> dict[str, int]:
        """How often its web server read from the replica, could not as it lagged, or found it away."""
        async with httpx.AsyncClient(timeout=10.0) as http:
            lines = (await http.get(f"http://127.0.0.1:{self.port}/metrics")).text.splitlines()
        values = dict(line.rsplit(" ", 1) for line in lines if line.startswith("relata_database_replica_"))
        return {name: int(float(values.get(f"relata_database_replica_{name}", 0))) for name in _COUNTED}


def replica_settings(home: Path) -> dict[str, str]:
    """What tells a process of the installation where its replica is."""
    return {"RELATA_REPLICA_URL": standby_url(find_place(home))}


@contextlib.asynccontextmanager
async def beside(home: Path, url: str) -> AsyncIterator[Beside]:
    """Beside a running installation. url: its database's direct address. Without PgBouncer the server asks directly."""
    place = find_place(home)
    with contextlib.ExitStack() as stack:
        copy: Standby = await asyncio.to_thread(stack.enter_context, standby(place))

        async def replica_dies() -> None:
            copy.process.kill()
            await asyncio.to_thread(copy.process.wait)
            copy.process = await asyncio.to_thread(start_standby, place)

        deaths: dict[str, Death] = {"replica": replica_dies}
        told = {**replica_settings(home), "RELATA_DATABASE_URL": url}
        if pooler.is_there():
            front = stack.enter_context(pooler.pooler(url, home))
            told |= {"RELATA_DATABASE_URL": front.url, "RELATA_DIRECT_DATABASE_URL": url}

            async def pooler_dies() -> None:
                await asyncio.to_thread(front.again)

            deaths["pooler"] = pooler_dies
        port = free_port()
        async with _server(home, port, told):
            yield Beside(port, deaths)


@contextlib.asynccontextmanager
async def _server(home: Path, port: int, told: Mapping[str, str]) -> AsyncIterator[None]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELATA_")}
    environment |= {"RELATA_HOME": str(home), "RELATA_PORT": str(port), "RELATA_LOG_LEVEL": "error", **told}
    with (home / "beside.log").open("ab") as log:
        process = await create_subprocess_exec(
            sys.executable, "-m", "relata.app", "serve", env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
