"""A small application on the real ground and a real database, and clients that behave as browsers or programs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import msgspec
import pytest_asyncio
from litestar import Request, get, post, put
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody, URLEncodedBody
from litestar.response import Stream

from relata.engine.identity import keys, sessions
from relata.engine.identity.resolver import Resolver
from relata.foundation import errors
from relata.interfaces.http import cookies
from relata.interfaces.http.exchange import exchange_of
from relata.interfaces.http.ground import Ground, Ports, build
from relata.interfaces.http.problems import ProblemBody
from relata.interfaces.http.settings import HttpSettings
from relata.testing import identity
from relata.testing.identity import Person, identity_ground, make_person

AnyRequest = Request[Any, Any, Any]


class Sent(msgspec.Struct):
    """A typed body."""

    name: str
    count: int


@get("/page", media_type="text/html")
async def page(request: AnyRequest) -> str:
    """A page with the token for its forms."""
    return exchange_of(request.scope).csrf_token()


@get("/private")
async def private(request: AnyRequest) -> dict[str, str]:
    """For people who signed in."""
    found = exchange_of(request.scope).credentials.require_known()
    return {"kind": found.kind, "user": str(found.user), "role": found.role or ""}


@post("/api/v1/echo")
async def echo(data: JSONBody[Any]) -> Any:
    """Gives back the JSON."""
    return data


@put("/api/v1/typed/{number:int}")
async def typed(number: FromPath[int], data: JSONBody[Sent]) -> int:
    """Wants numbers."""
    return number + data.count


@get("/number")
async def number(n: FromQuery[int]) -> int:
    """Wants a number in the query."""
    return n


@get("/asset", response_headers={"cache-control": "public, max-age=31536000"})
async def asset() -> str:
    """Something that may be kept."""
    return "asset"


@post("/form")
async def form(data: URLEncodedBody[dict[str, str]]) -> dict[str, str]:
    """What a page's form sends."""
    return data


@post("/upload")
async def upload(data: MultipartBody[dict[str, Any]]) -> int:
    """Takes a file; its size."""
    file = data["file"]
    return len(await file.read()) if isinstance(file, UploadFile) else -1


@get("/raise/{kind:str}")
async def raising(kind: FromPath[str]) -> None:
    """Fails in the way that is asked for."""
    known: dict[str, Callable[[], Exception]] = {
        "not_found": lambda: errors.NotFound("There is no such account."),
        "denied": lambda: errors.Denied("You may not delete it."),
        "invalid": lambda: errors.Invalid.of(
            [errors.Problem("required", "A name is needed.", "name", "Write one.", 3), errors.Problem("x", "And more.")]
        ),
        "conflict": lambda: errors.Conflict("Somebody else was faster."),
        "limit": lambda: errors.LimitReached("Too often.", retry_after_seconds=7),
        "too_large": lambda: errors.LimitReached("Too large.", code="too_large"),
        "expired": lambda: errors.Expired("This link is too old."),
        "session": lambda: errors.Expired("Sign in.", code="session_expired"),
        "unavailable": lambda: errors.Unavailable("The database does not answer."),
        "bug": lambda: errors.Bug("select secret from table"),
        "unexpected": lambda: RuntimeError("secret anna@example.com"),
        "sql": lambda: KeyError("secret"),
    }
    raise known[kind]()


@get("/torn")
async def torn() -> Stream:
    """Fails in the middle of its answer."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"first half"
        raise RuntimeError("secret")

    return Stream(parts())


HANDLERS = [page, private, echo, typed, number, asset, form, upload, raising, torn]


def error_page(problem: ProblemBody, is_fragment: bool) -> str:
    """Stands in for the package that renders HTML."""
    return f"<{'p' if is_fragment else 'html'}>{problem.status} {problem.detail}"


@pytest_asyncio.fixture(scope="session")
async def ground(postgres_url: str) -> AsyncIterator[identity.Ground]:
    """The database and its workspace."""
    async with identity_ground(postgres_url) as found:
        yield found


@pytest_asyncio.fixture
async def person(ground: identity.Ground) -> Person:
    """Somebody who works here."""
    return await make_person(ground)


Make = Callable[..., Ground]


@pytest_asyncio.fixture
async def make(ground: identity.Ground) -> Make:
    """An application with the settings that a test wants. reason: why it is not ready."""

    def made(reason: str | None = None, **settings: Any) -> Ground:
        async def readiness() -> str | None:
            return reason

        ports = Ports(Resolver(ground.database), readiness, error_page, lambda: {"pool_size": 3})
        return build(HANDLERS, HttpSettings(**settings), ports)

    return made


def client(app: Ground, **headers: str) -> httpx.AsyncClient:
    """A program on this machine that talks to the application in this process."""
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 123))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers)


@pytest_asyncio.fixture
async def program(make: Make) -> AsyncIterator[httpx.AsyncClient]:
    """A program without credentials."""
    async with client(make()) as found:
        yield found


@pytest_asyncio.fixture
async def browser(make: Make, ground: identity.Ground, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which the person is signed in."""
    async with ground.database.transaction() as connection:
        _, token = await sessions.start(connection, person.account, ground.workspace, sessions.Visitor())
    async with client(make(), accept="text/html") as found:
        found.cookies.set(cookies.name(is_https=False), token)
        yield found


@pytest_asyncio.fixture
async def key(ground: identity.Ground, person: Person) -> str:
    """An API key of the person, with the role of a reader."""
    async with ground.database.transaction() as connection:
        _, text = await keys.create(connection, ground.workspace, person.user, "Test", role="reader")
    return text
