"""A migration that is killed in the middle goes on where it was."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from relata.testing.house import fresh_database


def steps(url: str) -> int:
    with suppress(psycopg.errors.UndefinedTable), psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from relata.migration").fetchone()
        return int(row[0]) if row else 0
    return 0


def kill_after(url: str, told: dict[str, str], wanted: int) -> int:
    """Kills a migration when it has done so many steps; how many there are then."""
    process = subprocess.Popen([sys.executable, "-m", "relata.app", "migrate"], env=told, stdout=subprocess.DEVNULL)
    while steps(url) < wanted and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    process.wait()
    return steps(url)


def go_on(told: dict[str, str]) -> str:
    """A migration that nobody kills; what it said."""
    return subprocess.run(
        [sys.executable, "-m", "relata.app", "migrate"], env=told, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


async def test_it_goes_on_where_it_was(postgres_url: str, tmp_path: Path) -> None:
    name = conninfo_to_dict(await fresh_database(postgres_url))["dbname"]
    url = urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
    told = os.environ | {"RELATA_HOME": str(tmp_path), "RELATA_DATABASE_URL": url, "PYTHONPATH": "src"}
    first = kill_after(url, told, 3)
    second = kill_after(url, told, first + 5)
    assert 3 <= first < second
    assert go_on(told).count("Applied") == steps(url) - second
