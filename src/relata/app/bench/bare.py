"""The floor: a Litestar handler that runs given statements through psycopg and returns the rows; nothing around it."""

from __future__ import annotations

import os
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from litestar import Litestar, get, post
from psycopg_pool import AsyncConnectionPool

from relata.app.bench.statements import Statement
from relata.engine.jobs.lifeline import end_with_parent
from relata.engine.storage.database import configure

#: The environment variables of the process: where the statements lie, and which database they are for.
STATEMENTS, DATABASE = "RELATA_TEST_BENCH_STATEMENTS", "RELATA_TEST_BENCH_DATABASE"


def create_app() -> Litestar:
    """`/run/{name}` runs the statements called so, one after another in turn."""
    content, pool = (
        Path(os.environ[STATEMENTS]).read_bytes(),
        AsyncConnectionPool(
            os.environ[DATABASE], open=False, min_size=8, max_size=8, kwargs={"autocommit": True}, configure=configure
        ),
    )
    known: dict[str, list[Statement]] = {}
    numbers = count()

    async def rows(name: str) -> list[dict[str, Any]]:
        statements = known.get(name)
        if statements is None:
            # our own file: the types of parameters survive no other way
            known.update(pickle.loads(content))
            statements = known[name]
        one = statements[next(numbers) % len(statements)]
        async with pool.connection() as connection:
            cursor = await connection.execute(one.sql, one.params)
            found = await cursor.fetchall() if cursor.description else []
        return [dict(zip(one.names, row, strict=True)) for row in found]

    @get("/run/{name:str}")
    async def read(name: str) -> list[dict[str, Any]]:
        return await rows(name)

    @post("/run/{name:str}")
    async def write(name: str, data: dict[str, Any]) -> list[dict[str, Any]]:
        return await rows(name)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with pool:
            yield

    return Litestar([read, write], lifespan=[lifespan], openapi_config=None, logging_config=None)


def serve(port: int) -> None:
    """One Granian worker, as the product has."""
    end_with_parent()
    Server(
        "relata.app.bench.bare:create_app",
        factory=True,
        interface=Interfaces.ASGI,
        address="127.0.0.1",
        port=port,
        workers=1,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    serve(int(os.environ["RELATA_TEST_BENCH_PORT"]))
