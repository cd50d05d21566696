"""In which database who comes by which host name lives: one process serves several databases, each a whole of its own.

Accounts, sessions, keys, jobs and files of one are nothing to the others: each host has a House of its own, and what is
asked for by a host reaches no other. Decision 55.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from relata.app.settings import Settings
from relata.interfaces.http.asgi import App, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

#: Between two attempts to reach a database that was away at the start.
AGAIN_SECONDS = 5.0
_AWAY = b'{"type":"urn:relata:problem:database_unavailable","title":"Service Unavailable","status":503,' \
        b'"code":"database_unavailable","detail":"The database does not answer at the moment."}'  # fmt: skip


def placed(settings: Settings) -> dict[str, Settings]:
    """By host name, the settings of what lives in a database of its own. Its keys and files lie in a folder of the home
    that is made here."""
    found = {}
    scheme = urlsplit(settings.public_url).scheme or ("https" if settings.tls_certificate else "http")
    for host, url in settings.databases:
        home = settings.home / "databases" / host
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        port = "" if settings.public_url else f":{settings.port}"
        found[host] = replace(
            settings, home=home, database_url=url, direct_database_url="", replica_url="", databases=(), archive="",
            files_url="", files_origin="", hosts=(host,), public_url=f"{scheme}://{host}{port}",
        )  # fmt: skip
    return found


class ByHost:
    """An ASGI application before one for each host; who comes by another name is the first one's.

    others: what makes the application of a host. One whose database is away at the start is tried again and again,
    while the others serve.
    """

    def __init__(self, own: App, others: Mapping[str, Callable[[], App]]) -> None:
        self._own = own
        self._others = dict(others)
        self._open: dict[str, App] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lifespan reaches all of them."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        host = _host(scope)
        if host not in self._others:
            await self._own(scope, receive, send)
        elif host in self._open:
            await self._open[host](scope, receive, send)
        else:
            headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"5")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": _AWAY})

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        stop = asyncio.Event()
        others = [asyncio.create_task(self._keep(scope, host, make, stop)) for host, make in self._others.items()]
        try:
            await self._own(scope, receive, send)
        finally:
            stop.set()
            await asyncio.gather(*others, return_exceptions=True)

    async def _keep(self, scope: Scope, host: str, make: Callable[[], App], stop: asyncio.Event) -> None:
        while not stop.is_set():
            life = _Life(make(), scope)
            if await life.began():
                self._open[host] = life.app
                await stop.wait()
                self._open.pop(host, None)
                await life.end()
                return
            log.error("the database of %s does not answer; trying again", host)
            try:
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)
            except TimeoutError:
                continue


class _Life:
    """One application's lifespan, in our hands."""

    def __init__(self, app: App, scope: Scope) -> None:
        self.app = app
        self._to: asyncio.Queue[Message] = asyncio.Queue()
        self._from: asyncio.Queue[Message] = asyncio.Queue()
        self._task = asyncio.create_task(self._run({**scope, "state": {}}))

    async def began(self) -> bool:
        """Whether it has started."""
        await self._to.put({"type": "lifespan.startup"})
        return bool((await self._from.get())["type"] == "lifespan.startup.complete")

    async def end(self) -> None:
        """Returns when it has ended."""
        await self._to.put({"type": "lifespan.shutdown"})
        await self._task

    async def _run(self, scope: Scope) -> None:
        try:
            await self.app(scope, self._to.get, self._from.put)
        except Exception:
            log.exception("an application did not start")
        await self._from.put({"type": "lifespan.startup.failed"})


def _host(scope: Scope) -> str:
    """The host that the request's line asks for, in small letters and without a port."""
    value = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return value.decode("latin-1").rsplit(":", 1)[0].lower() if b":" in value else value.decode("latin-1").lower()
