"""The API on the real ground over the test company, and programs with keys that talk to it in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from tests.interfaces.rest.specimen import MODULE, modules

from relata.engine.automation.flows.noticing import PUMP
from relata.engine.automation.webhooks.noticing import DELIVER
from relata.engine.files.store import DiskStore
from relata.engine.identity import keys
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sealing import SecretBox
from relata.engine.jobs.queue import Queue
from relata.engine.metadata.module import Module
from relata.engine.workspace.door import Door
from relata.interfaces.http.ground import Ground, Ports, build
from relata.interfaces.http.settings import HttpSettings
from relata.interfaces.rest.api import routes
from relata.testing.house import House
from relata.testing.standing import standing

Program = httpx.AsyncClient
Connect = Callable[..., Awaitable[Program]]


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """The product's modules, and one object with a field of every type."""
    return (*modules(), MODULE)


def queue_of(door: Door) -> Queue:
    """A queue in which nobody works."""
    queue = Queue(door.database.url)

    async def nothing(job: Any) -> None:
        return None

    for name in (DELIVER, PUMP, "import_file", "write_export"):
        queue.task(name)(nothing)
    return queue


def ground_of(house: House, files: Path | None = None, **settings: Any) -> Ground:
    """The API of a house. files: the folder where they are kept."""

    async def ready() -> str | None:
        return None

    return standing(
        ("rest", files is None, *sorted((name, repr(value)) for name, value in settings.items())),
        lambda door, files, ports: build(
            routes(door, files, "", queue_of(door), SecretBox("a secret of these tests, long enough")),
            HttpSettings(**settings), ports,
        ),
        door=house.door, files=DiskStore(files) if files else None, ports=Ports(Resolver(house.door.database), ready),
    )  # fmt: skip


async def make_key(
    house: House, user: UUID, *, role: str | None = None, scopes: Sequence[str] = ("read", "write")
) -> str:
    """An API key of a person."""
    async with house.door.database.transaction() as connection:
        row = await connection.fetch_one("select id from relata.workspace where key = %s", (house.key,))
        assert row is not None
        _, text = await keys.create(connection, row[0], user, "Test", role=role, scopes=scopes)
    return text


@pytest_asyncio.fixture
async def connect(house: House, tmp_path: Path) -> AsyncIterator[Connect]:
    """Makes a program that calls the API as a person, through a key as narrow as the test wants."""
    app = ground_of(house, tmp_path)
    async with AsyncExitStack() as stack:

        async def made(user: UUID | None, **key: Any) -> Program:
            headers = {} if user is None else {"authorization": f"Bearer {await make_key(house, user, **key)}"}
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
            client = httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1/", headers=headers)
            return await stack.enter_async_context(client)

        yield made


@pytest_asyncio.fixture
async def ada(house: House) -> UUID:
    """The administrator."""
    return await house.person("Ada", "admin")


@pytest_asyncio.fixture
async def api(connect: Connect, ada: UUID) -> Program:
    """A program that may do everything."""
    return await connect(ada)


@pytest_asyncio.fixture
async def account(api: Program) -> dict[str, Any]:
    """An account that the program made."""
    made = await api.post("accounts", json={"name": "Kaffeehaus Nord"})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found
