"""The network to the database is lost, and comes back: readiness is honest, and nobody has to help."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import parse_qs, urlsplit

import pytest
from psycopg.conninfo import conninfo_to_dict

from relata.app.assembly import House, readiness
from relata.app.settings import Settings
from relata.foundation.errors import Unavailable
from relata.testing.house import fresh_database


class Wire:
    """A TCP proxy before a server's socket, which can be cut and mended."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.cut()
        self._server.close()

    def cut(self) -> None:
        self._is_cut = True
        for writer in self._open:
            writer.close()
        self._open.clear()

    def mend(self) -> None:
        self._is_cut = False

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        there, back = await asyncio.open_unix_connection(self._socket)
        self._open |= {writer, back}
        await asyncio.gather(_pour(reader, back), _pour(there, writer))


async def _pour(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            to.write(data)
            await to.drain()
    to.close()


async def test_readiness_is_honest_and_comes_back(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    socket = parse_qs(urlsplit(postgres_url).query).get("host", [""])[0]
    if not socket.startswith("/"):
        pytest.skip("the server has no socket")
    name = conninfo_to_dict(await fresh_database(postgres_url))["dbname"]
    async with Wire(f"{socket}/.s.PGSQL.5432") as wire:
        url = f"postgresql://relata@127.0.0.1:{wire.port}/{name}"
        async with House.of(Settings(home=tmp_path_factory.mktemp("wire")), url) as house:
            await house.migrate()
            ready = readiness(house)
            assert await ready() is None
            wire.cut()
            with contextlib.suppress(Unavailable):
                assert await ready() is not None
            house.database._pool.timeout = 0.3
            with pytest.raises(Unavailable, match="does not answer"):
                await ready()
            wire.mend()
            async with asyncio.timeout(20):
                while not await _is_ready(house):
                    pass  # each look waits for a connection


async def _is_ready(house: House) -> bool:
    try:
        return await readiness(house)() is None
    except Unavailable:
        return False
