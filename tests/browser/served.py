"""An application served over a database of its own, as an installation serves it, for a browser to visit."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from relata.app.assembly import House
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.interfaces.cli.listening import answers
from relata.testing.demo import demo_template
from relata.testing.house import RING, Furnished, fresh_database

T = TypeVar("T")
_PAUSE = threading.Event()


@dataclass(frozen=True)
class Site:
    """Where it is served, over which database."""

    address: str
    settings: Settings
    url: str

    def change(self, use: Callable[[House], Awaitable[T]]) -> T:
        """`use` over the same database, beside the server."""
        return aside(lambda: within(self.settings, self.url, use))


def aside(work: Callable[[], T]) -> T:
    """In a thread of its own: Playwright has an event loop in ours."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def empty_database(postgres_url: str) -> str:
    """A new database without anything in it."""
    return aside(lambda: asyncio.run(fresh_database(postgres_url)))


class Sites:
    """The demo company, made once and served to all tests; and served anew, as it was made, to one that failed and runs
    again: it finds nothing of what it did before."""

    def __init__(self, postgres_url: str, furnished: Furnished, home: Path) -> None:
        self._postgres_url = postgres_url
        self._furnished = furnished
        self._home = home
        self._open = ExitStack()
        self._site: Site | None = None
        self.signed_in: dict[str, dict[str, object]] = {}

    def now(self) -> Site:
        """The one that is served."""
        return self._site or self.anew()

    def anew(self) -> Site:
        """Another one, instead of it."""
        self.close()
        copy = aside(lambda: asyncio.run(self._copy()))
        self._site = self._open.enter_context(serving(copy, self._home))
        return self._site

    async def _copy(self) -> str:
        return await fresh_database(self._postgres_url, await demo_template(self._postgres_url, self._furnished))

    def close(self) -> None:
        """Nothing is served any more."""
        self._open.close()
        self._site = None


@contextmanager
def serving(url: str, home: Path) -> Iterator[Site]:
    """The web process of a real installation, until the block ends."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    secret = secrets.token_urlsafe(32)
    settings = Settings(home=home, port=port, database_url=url, secret_key=secret, master_keys=RING.text())
    process = start("serve", settings)
    try:
        while not answers("127.0.0.1", port):
            assert process.poll() is None, "The web process ended."
            _PAUSE.wait(0.05)
        yield Site(f"http://127.0.0.1:{port}", settings, url)
    finally:
        process.terminate()
        process.wait(15)


def start(command: str, settings: Settings) -> subprocess.Popen[bytes]:
    """A process of the installation with these settings."""
    told = {
        "RELATA_HOME": str(settings.home),
        "RELATA_PORT": str(settings.port),
        "RELATA_DATABASE_URL": libpq_address(settings.database_url),
        "RELATA_SECRET_KEY": settings.secret_key,
        "RELATA_MASTER_KEYS": settings.master_keys,
        "RELATA_LOG_LEVEL": "warning",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return subprocess.Popen([sys.executable, "-m", "relata.app", command], env={**os.environ, **told})


def libpq_address(url: str) -> str:
    """Settings want an address with a scheme; tests have libpq's words."""
    if "://" in url:
        return url
    parts = conninfo_to_dict(url)
    database = parts.pop("dbname")
    rest = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items())
    return f"postgresql:///{database}?{rest}"
