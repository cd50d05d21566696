"""A workspace of an earlier version is brought to this one while people work on it, with both versions serving."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from psycopg.conninfo import conninfo_to_dict

import relata
from relata.app.assembly import House
from relata.app.bench.servers import free_port
from relata.app.settings import Settings
from relata.app.torture import checks
from relata.app.torture.client import Client
from relata.app.torture.journal import Journal
from relata.testing.house import fresh_database

ROOT = Path(__file__).parents[2]
#: Run by the earlier version: a company with somebody who may do everything.
FOUND = """
import asyncio, json, os
from relata.app.assembly import MAIN, House
from relata.app.settings import Settings
from relata.engine.identity import accounts, keys, memberships

async def main():
    settings = Settings.from_environment(os.environ)
    async with House.of(settings, settings.database_url) as house:
        await house.migrate()
        await house.ensure_workspace(MAIN, "Larkfield", currency="EUR")
        async with house.door.open(MAIN, None, via="setup") as work:
            person = await work.create("user", {"name": "Ada", "email": "ada@larkfield.example", "roles": ["admin"],
                "status": "active"})
            account = await accounts.create(work.unit.connection, "ada@larkfield.example", "four unrelated words")
            await memberships.join(work.unit.connection, account, work.context.id, person.id)
            _, key = await keys.create(work.unit.connection, work.context.id, person.id, "Upgrade")
            shared = await work.create("account", {"name": "Fought for"})
        print(json.dumps({"key": key, "shared": str(shared.id)}))

asyncio.run(main())
"""


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources before the tables changed the last time; or those that RELATA_TEST_UPGRADE_FROM names."""
    try:
        changed = git("log", "-1", "--format=%H", "--", "src/relata/**/tables.py").decode().strip()
        content = git("archive", os.environ.get("RELATA_TEST_UPGRADE_FROM") or f"{changed}^", "src")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no history of versions here")
    folder = tmp_path_factory.mktemp("earlier")
    with tarfile.open(fileobj=BytesIO(content)) as tar:
        tar.extractall(folder, filter="data")
    static = folder / "src/relata/interfaces/html/static"
    if not static.exists():
        static.symlink_to(Path(relata.__file__).parent / "interfaces/html/static")
    return folder / "src"


def environment(sources: Path, home: Path, url: str, port: int) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("RELATA_")} | {
        "PYTHONPATH": str(sources), "RELATA_HOME": str(home), "RELATA_DATABASE_URL": url, "RELATA_PORT": str(port),
        "RELATA_LOG_LEVEL": "error", "RELATA_POOL_SIZE": "4",
    }  # fmt: skip


@contextmanager
def running(command: str, told: dict[str, str]) -> Iterator[int]:
    """`relata serve` or `worker` of some version; its port."""
    process = subprocess.Popen([sys.executable, "-m", "relata.app", command], env=told, start_new_session=True)
    port = int(told["RELATA_PORT"])
    try:
        while command == "serve" and not answers(port):
            assert process.poll() is None
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
        return True
    return False


async def test_people_work_on_while_a_workspace_is_brought_to_this_version(
    earlier: Path, postgres_url: str, tmp_path: Path
) -> None:
    name = conninfo_to_dict(await fresh_database(postgres_url))["dbname"]
    url, here = urlsplit(postgres_url)._replace(path=f"/{name}").geturl(), Path(relata.__file__).parents[1]
    old, new = (environment(sources, tmp_path, url, free_port()) for sources in (earlier, here))
    made = await asyncio.create_subprocess_exec(sys.executable, "-c", FOUND, env=old, stdout=subprocess.PIPE)
    said, _ = await made.communicate()
    found = json.loads(said.splitlines()[-1])
    journal, until = Journal(), asyncio.Event()

    def work_at(port: int, first: int) -> list[asyncio.Task[None]]:
        address, shared = f"http://127.0.0.1:{port}", UUID(found["shared"])
        clients = [Client(first + at, address, found["key"], journal, shared, seed=1) for at in range(2)]
        return [asyncio.create_task(client.run(until)) for client in clients]

    with running("serve", old) as port:
        parts = work_at(port, 0)
        await asyncio.sleep(1)
        before = len(journal.records)
        upgrade = await asyncio.create_subprocess_exec(sys.executable, "-m", "relata.app", "migrate", env=new)
        assert await upgrade.wait() == 0
        with running("serve", new) as fresh, running("worker", new):
            parts += work_at(fresh, 100)
            await asyncio.sleep(1)
            until.set()
            await asyncio.gather(*parts)
            async with House.of(Settings(home=tmp_path), url) as house:
                await checks.settled(house)
                wrong = {one.promise: one.wrong for one in await checks.check(house, journal, ()) if one.wrong}
    assert wrong == {}
    assert 0 < before < len(journal.records)
    assert journal.lost == 0
