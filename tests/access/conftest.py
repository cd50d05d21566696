"""The whole product over the test company: the API and the staff application, and ways to call them as a person."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import httpx
import pytest_asyncio

import relata.interfaces.web
from relata.app.web import handlers
from relata.engine.files.store import DiskStore
from relata.engine.identity import keys, memberships, sessions
from relata.engine.identity.resolver import Resolver
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.message import Message
from relata.foundation.ids import new_id
from relata.interfaces.html.environment import create_environment, render
from relata.interfaces.http import csrf
from relata.interfaces.http.ground import Ground, Ports, build
from relata.interfaces.http.problems import ProblemBody
from relata.interfaces.http.settings import HttpSettings
from relata.interfaces.rest.api import routes
from relata.interfaces.web.account import PublicView
from relata.interfaces.web.ground import Web, formatter
from relata.testing.house import House
from relata.testing.standing import standing

Connect = Callable[..., Awaitable[httpx.AsyncClient]]
#: Compiled once: templates are the same for every house.
ENVIRONMENT = create_environment([Path(relata.interfaces.web.__path__[0]) / "templates"])
ENVIRONMENT.globals["asset"] = lambda source: ""  # the front end need not be built


def ground_of(house: House) -> Ground:
    """The product's interfaces over a house."""

    async def ready() -> str | None:
        return None

    async def send(message: Message) -> None:
        return None

    async def set_up(token: str, company: str, name: str, email: str, password: str) -> None:
        return None

    def error_page(problem: ProblemBody, is_fragment: bool) -> str:
        view = PublicView(title=problem.title, message=f"{problem.detail} {problem.hint or ''}".strip())
        return render(ENVIRONMENT, "web/problem.html" if is_fragment else "web/error.html", view, formatter(None))

    web = Web(
        house.door,
        ENVIRONMENT,
        "http://localhost",
        send,
        set_up,
        DiskStore(Path(tempfile.gettempdir())),
        Queue(house.door.database.url),
    )
    ports = Ports(Resolver(house.door.database), ready, error_page)
    return standing(
        "access", lambda web, door, ports: build([*routes(door), *handlers(web)], HttpSettings(), ports),
        web=web, door=house.door, ports=ports,
    )  # fmt: skip


async def browser_headers(house: House, user: UUID) -> dict[str, str]:
    """What the browser of a signed-in person sends."""
    async with house.door.database.transaction() as connection:
        row = await connection.fetch_one("select id from relata.workspace where key = %s", (house.key,))
        assert row is not None
        person = new_id()
        await connection.execute(
            "insert into relata.account (id, email) values (%s, %s)", (person, f"{person.hex}@example.com")
        )
        await memberships.join(connection, person, row[0], user)
        _, token = await sessions.start(connection, person, row[0], sessions.Visitor("127.0.0.1", "test"))
    return {"cookie": f"relata_session={token}", "x-csrf-token": csrf.make_token(token)}


async def program_headers(house: House, user: UUID) -> dict[str, str]:
    """What a program with the person's key sends."""
    async with house.door.database.transaction() as connection:
        row = await connection.fetch_one("select id from relata.workspace where key = %s", (house.key,))
        assert row is not None
        _, text = await keys.create(connection, row[0], user, "Test")
    return {"authorization": f"Bearer {text}"}


@pytest_asyncio.fixture
async def connect(house: House) -> AsyncIterator[Connect]:
    """Makes a client: a program with a key of the person, or their browser."""
    app, known = ground_of(house), dict[tuple[UUID, bool], httpx.AsyncClient]()
    async with AsyncExitStack() as stack:

        async def made(user: UUID, *, browser: bool = False) -> httpx.AsyncClient:
            if (user, browser) not in known:
                headers = await (browser_headers if browser else program_headers)(house, user)
                transport = httpx.ASGITransport(app=app)
                client = httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)
                known[user, browser] = await stack.enter_async_context(client)
            return known[user, browser]

        yield made
