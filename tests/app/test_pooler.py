"""PgBouncer in transaction mode in front of the database: web processes go through it, sessions do not."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from psycopg.conninfo import conninfo_to_dict

from relata.app import tasks
from relata.app.assembly import House
from relata.app.bench.servers import free_port
from relata.app.settings import Settings
from relata.app.torture import checks
from relata.app.torture.client import Client
from relata.app.torture.company import change_crowd, found
from relata.app.torture.journal import Journal
from relata.app.torture.pooler import is_there, pooler
from relata.testing.house import fresh_database

pytestmark = pytest.mark.skipif(not is_there(), reason="pgbouncer is not installed")


@pytest.fixture
def open_folder(new_home: Path) -> Path:
    new_home.mkdir(mode=0o755, parents=True)
    new_home.parent.chmod(0o755)
    return new_home


@contextmanager
def running(command: str, told: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "relata.app", command], env=told, start_new_session=True)
    try:
        while command == "serve" and not is_ready(told["RELATA_PORT"]):
            assert process.poll() is None
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def is_ready(port: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
        return True
    return False


async def test_mixed_load_and_jobs_through_a_pooler(postgres_url: str, open_folder: Path) -> None:
    name = conninfo_to_dict(await fresh_database(postgres_url))["dbname"]
    direct = urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
    with pooler(direct, open_folder) as front:
        url, port = front.url, free_port()
        told = {key: value for key, value in os.environ.items() if not key.startswith("RELATA_")} | {
            "RELATA_HOME": str(open_folder), "RELATA_DATABASE_URL": url, "RELATA_DIRECT_DATABASE_URL": direct,
            "RELATA_PORT": str(port), "RELATA_LOG_LEVEL": "error",
        }  # fmt: skip
        settings, journal, until = Settings.from_environment(told), Journal(), asyncio.Event()
        async with House.of(settings, url) as house:
            tasks.register(house, house.queue)
            company = await found(house)
            with running("serve", told), running("worker", told):
                clients = [
                    Client(at, f"http://127.0.0.1:{port}", company.key, journal, company.shared, seed=1)
                    for at in range(8)
                ]
                parts = [asyncio.create_task(client.run(until)) for client in clients]
                await change_crowd(house, company, "pooled")
                await asyncio.sleep(2)
                until.set()
                await asyncio.gather(*parts)
                await checks.settled(house)
            wrong = {one.promise: one.wrong for one in await checks.check(house, journal, ["pooled"]) if one.wrong}
    assert wrong == {}
    assert journal.acknowledged > 8
    assert journal.lost == 0
