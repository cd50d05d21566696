"""What the ground costs a request: the same handler on Litestar alone and on the ground, in this process, no sockets.

PYTHONPATH=src python tools/measure_http.py
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from collections.abc import MutableMapping
from typing import Any

from litestar import Litestar, get

from relata.engine.identity.credentials import Credentials
from relata.interfaces.http.asgi import App
from relata.interfaces.http.ground import Ports, build
from relata.interfaces.http.settings import HttpSettings

ROUNDS, REQUESTS = 9, 2_000
HEADERS = [
    (b"host", b"localhost:8000"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (b"accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    (b"accept-language", b"en-US,en;q=0.5"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"sec-fetch-site", b"same-origin"),
    (b"cookie", b"relata_session=" + b"x" * 43),
]


class KnownSession:
    """A look-up that finds everything at once, as a hot one does."""

    async def session(self, token: str) -> Credentials | None:
        """Somebody."""
        return Credentials("session")

    async def key(self, text: str) -> Credentials | None:
        """Somebody."""
        return Credentials("key")

    async def moved(self, credentials: Credentials, ip: str) -> None:
        """Nobody's session is ever stolen here."""


@get("/list")
async def rows() -> dict[str, int]:
    """As little as a handler can do."""
    return {"total": 1}


async def ready() -> str | None:
    """Always."""
    return None


async def microseconds(app: App) -> float:
    """Of processor time for one request, the mean of a round; others on the machine do not count."""

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        pass

    started = time.process_time()
    for _ in range(REQUESTS):
        scope = {
            "type": "http", "method": "GET", "path": "/list", "raw_path": b"/list", "scheme": "http", "root_path": "",
            "query_string": b"order=-amount%2Cname&limit=50", "headers": HEADERS, "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000), "http_version": "1.1",
        }  # fmt: skip
        await app(scope, receive, send)
    return (time.process_time() - started) / REQUESTS * 1e6


async def main() -> None:
    """Alternates, so that a busy machine disturbs both alike."""
    logging.getLogger("relata.access").addHandler(logging.NullHandler())
    logging.getLogger("relata.access").setLevel(logging.INFO)
    bare: Any = Litestar([rows], openapi_config=None, logging_config=None)
    ground: Any = build([rows], HttpSettings(), Ports(KnownSession(), ready))
    figures: dict[str, list[float]] = {"Litestar alone": [], "on the ground": []}
    for _ in range(ROUNDS):
        figures["Litestar alone"].append(await microseconds(bare))
        figures["on the ground"].append(await microseconds(ground))
    for name, found in figures.items():
        print(f"{name:16} {statistics.median(found):7.1f} µs a request")


if __name__ == "__main__":
    asyncio.run(main())
