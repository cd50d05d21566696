"""Two companies in one database, the whole product over them, and people who try what they may not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from psycopg.conninfo import conninfo_to_dict
from tests.interfaces.rest.specimen import MODULE

import relata.interfaces.web
from relata.app.migrations import MIGRATIONS
from relata.app.modules import discover
from relata.app.web import handlers
from relata.engine.files.store import DiskStore
from relata.engine.identity import keys, memberships, sessions
from relata.engine.identity.resolver import Resolver
from relata.engine.jobs.queue import Queue
from relata.engine.live.audience import Audience
from relata.engine.live.hub import Hub
from relata.engine.messaging.message import Message
from relata.engine.metadata.module import Module
from relata.engine.storage.database import Database
from relata.engine.transfer.bulk import running
from relata.engine.workspace import configure
from relata.engine.workspace.context import Settings
from relata.engine.workspace.door import Door
from relata.engine.workspace.erasing import Erasure, Outside
from relata.foundation.ids import new_id
from relata.interfaces.html.assets import Assets
from relata.interfaces.html.environment import create_environment, render
from relata.interfaces.http import cookies, csrf
from relata.interfaces.http.ground import Ground, Ports, build
from relata.interfaces.http.problems import ProblemBody
from relata.interfaces.http.settings import HttpSettings
from relata.interfaces.rest.api import routes
from relata.interfaces.web.account import PublicView
from relata.interfaces.web.ground import Web, formatter
from relata.testing.house import RING, Furnished, House, fresh_database
from relata.testing.standing import standing

#: Stands in every text of the second company.
FOREIGN = "Xenoplasm"


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """The whole product, and an object that has a field of every type."""
    return (*discover(), MODULE)


#: By the name of the template with one company: that with two, and the ids of what is in each.
_WITH_BOTH: dict[str, tuple[str, dict[str, UUID], dict[str, UUID]]] = {}


async def two_companies(postgres_url: str, single: str, modules: tuple[Module, ...]) -> str:
    """A database with a second company beside the first, both furnished."""
    url = await fresh_database(postgres_url, single)
    database = await Database(url, pool_size=2).open()
    door = Door(database, modules, RING)
    await configure.create_workspace(door, MIGRATIONS, "other", Settings(name="Other company"))
    sides = Side(House(door, "main"), "Local"), Side(House(door, "other"), FOREIGN)
    for side in sides:
        await side.furnish()
    await database.close()
    name = str(conninfo_to_dict(url)["dbname"])
    _WITH_BOTH[single] = name, sides[0].ids, sides[1].ids
    return name


@pytest_asyncio.fixture
async def single_template(postgres_url: str, house_modules: tuple[Module, ...], furnished: Furnished) -> str:
    """The name of the template with one company."""
    return await furnished.template(postgres_url, house_modules)


@pytest_asyncio.fixture
async def house_template(postgres_url: str, single_template: str, house_modules: tuple[Module, ...]) -> str:
    """That with two, made once: it takes seconds."""
    made = _WITH_BOTH.get(single_template)
    return made[0] if made else await two_companies(postgres_url, single_template, house_modules)


@dataclass
class Visitor:
    """Somebody's browser (cookie and token), or their program (key)."""

    client: httpx.AsyncClient
    user: UUID | None = None
    session: str = ""
    api_key: str = ""

    def proof(self) -> dict[str, str]:
        """What their own page would send along."""
        return {"x-csrf-token": csrf.make_token(self.session)} if self.session else {}

    async def send(self, method: str, path: str, *, proof: bool = True, **request: Any) -> httpx.Response:
        """A request. proof: with the session's token."""
        headers = {**(self.proof() if proof else {}), **(request.pop("headers", None) or {})}
        return await self.client.request(method, path, headers=headers, **request)

    async def get(self, path: str, **request: Any) -> httpx.Response:
        """A page."""
        return await self.send("GET", path, **request)

    async def post(self, path: str, data: Mapping[str, Any] | None = None, **request: Any) -> httpx.Response:
        """A form."""
        return await self.send("POST", path, data=data or {}, **request)


@dataclass
class Side:
    """One company: its way in, and the id of a record of each object."""

    house: House
    word: str
    ids: dict[str, UUID] = field(default_factory=dict)
    file: UUID = field(default_factory=new_id)

    @property
    def key(self) -> str:
        """The workspace."""
        return self.house.key

    async def furnish(self) -> None:
        """A record of nearly every object, each with the word in its texts."""
        async with self.house.system() as work:
            for name, values in plan(self.word).items():
                made = await work.create(name, {key: self._linked(value) for key, value in values.items()})
                self.ids[name] = made.id

    def _linked(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("->"):
            return self.ids[value[2:]]
        if isinstance(value, str) and value.startswith("=>"):
            return {"object": value[2:], "id": str(self.ids[value[2:]])}
        return value

    async def fingerprint(self) -> dict[str, str]:
        """A hash of every table of the company: what is the same was not touched."""
        context = await self.house.door.context(self.key)
        async with self.house.door.database.read() as connection:
            names = await connection.fetch(
                "select table_name from information_schema.tables where table_schema = %s order by 1", (context.schema,)
            )
            found = {}
            for (name,) in names:
                row = await connection.fetch_one(
                    f"select coalesce(md5(string_agg(t::text, '|' order by t::text)), '')"
                    f' from {context.schema}."{name}" t'
                )
                assert row is not None
                found[name] = row[0]
        return found


def plan(word: str) -> dict[str, dict[str, Any]]:
    """Objects in the order of their links. `->x` stands for the record of x, `=>x` for a link that says of what it is."""
    at = "2031-03-01T10:00:00Z"
    return {
        "team": {"name": f"{word} team"},
        "user": {"name": f"{word} person", "team": "->team"},
        "account": {"name": f"{word} Inc", "description": word, "owner": "->user"},
        "contact": {"name": {"first": word, "last": "Doe"}, "account": "->account"},
        "affiliation": {"role": word, "contact": "->contact", "account": "->account"},
        "address": {"name": word, "address": {"city": word}, "account": "->account"},
        "household": {"name": word},
        "static_list": {"name": word, "holds": "contact"},
        "segment": {"name": word, "holds": "contact", "expression": 'name.first = "x"'},
        "task": {"subject": word, "about": "=>account"},
        "call": {"subject": word, "at": at},
        "meeting": {"subject": word, "starts_at": at},
        "note": {"body": f"<p>{word}</p>"},
        "product": {"name": word},
        "price_book": {"name": word, "currency": "EUR"},
        "lead": {"name": {"first": word, "last": "Lead"}},
        "opportunity": {"name": f"{word} deal", "account": "->account"},
        "opportunity_contact": {"role": "decision_maker", "opportunity": "->opportunity", "contact": "->contact"},
        "comment": {"body": f"<p>{word}</p>", "about": "=>account"},
        "follow": {"about": "=>account"},
        "view": {"name": word, "object": "account"},
        "board_column": {"object": "lead", "by": "status", "value": "new"},
        "specimen": {"name": word, "note": word, "story": f"<p>{word}</p>", "code": word, "secret": word},
        "specimen_part": {"name": word, "specimen": "->specimen"},
    }


@dataclass
class Town:
    """The product over two companies. ours is where the visitors of a test belong; theirs is none of their business."""

    app: Ground
    house: House
    ours: Side
    theirs: Side
    web: Web
    stack: AsyncExitStack
    mails: list[Message]

    def addresses(self) -> list[tuple[str, str]]:
        """Every method and path template of the staff application."""
        return [
            (str(method), path)
            for handler in handlers(self.web)
            for path in sorted(handler.paths)
            for method in sorted(handler.http_methods)
            if method not in ("OPTIONS", "HEAD")
        ]

    async def browser(
        self, *roles: str, side: Side | None = None, name: str = "Ada Lovelace", **values: Any
    ) -> Visitor:
        """Somebody signed in who has these roles."""
        chosen = side or self.ours
        user = await chosen.house.person(name, *roles, **values)
        return await self.browser_of(user, chosen)

    async def browser_of(self, user: UUID, side: Side) -> Visitor:
        """The browser of a person who is there already."""
        token, text = await self._credentials(side, user)
        client = await self._client({"accept": "text/html"})
        client.cookies.set(cookies.name(is_https=False), token)
        return Visitor(client, user, token, text)

    async def program(self, visitor: Visitor) -> Visitor:
        """A program with a key of the same person."""
        client = await self._client({"authorization": f"Bearer {visitor.api_key}"})
        return Visitor(client, visitor.user)

    async def stranger(self) -> Visitor:
        """Nobody that is known."""
        return Visitor(await self._client({"accept": "text/html"}))

    async def _client(self, headers: dict[str, str]) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, client=("127.0.0.1", 123))
        return await self.stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)
        )

    async def _credentials(self, side: Side, user: UUID) -> tuple[str, str]:
        workspace, account = (await side.house.door.context(side.key)).id, new_id()
        async with side.house.door.database.transaction() as connection:
            await connection.execute(
                "insert into relata.account (id, email) values (%s, %s)", (account, f"{account.hex}@example.com")
            )
            await memberships.join(connection, account, workspace, user)
            _, token = await sessions.start(connection, account, workspace, sessions.Visitor())
            _, text = await keys.create(connection, workspace, user, "Test")
        return token, text


@pytest_asyncio.fixture
async def town(open_house: House, single_template: str, tmp_path: Path) -> AsyncIterator[Town]:
    """Two furnished companies."""
    _, *ids = _WITH_BOTH[single_template]
    ours, theirs = (
        Side(House(open_house.door, key), word, dict(known))
        for key, word, known in zip((open_house.key, "other"), ("Local", FOREIGN), ids, strict=True)
    )
    mails: list[Message] = []

    async def send(message: Message) -> None:
        mails.append(message)

    async def ready() -> str | None:
        return None

    async def setup(*given: str) -> None:
        raise AssertionError("nobody sets up here")

    async def noted(key: str, entry: Erasure) -> None:
        return None

    environment = create_environment([Path(relata.interfaces.web.__path__[0]) / "templates"], Assets(base="/static/"))

    def error_page(problem: ProblemBody, is_fragment: bool) -> str:
        view = PublicView(title=problem.title, message=f"{problem.detail} {problem.hint or ''}".strip())
        return render(environment, "web/problem.html" if is_fragment else "web/error.html", view, formatter(None))

    door, store = open_house.door, DiskStore(tmp_path)
    queue = Queue(door.database.url)
    running.register(queue, door)
    live = Audience(door, Hub(door.database, door.database.url))
    web = Web(door, environment, "http://localhost", send, setup, store, queue, Outside(store, noted), live)
    ports = Ports(Resolver(door.database), ready, error_page)
    app = standing(
        "security", lambda web, door, files, ports: build([*routes(door, files), *handlers(web)], HttpSettings(), ports),
        web=web, door=door, files=store, ports=ports,
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        yield Town(app, open_house, ours, theirs, web, stack, mails)


def told(answer: httpx.Response) -> str:
    """An answer for a list of what went wrong."""
    body = answer.text[:160].replace("\n", " ")
    return f"{answer.request.method} {answer.request.url.raw_path.decode()} {answer.status_code} {json.dumps(body)}"
