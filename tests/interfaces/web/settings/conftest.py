"""The staff application on the real ground over a company of its own, and browsers in which somebody is signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

import relata.interfaces.web
from relata.app.modules import discover
from relata.app.web import handlers
from relata.connectors.imap.server import ImapServers
from relata.engine.automation.flows import tasks as flow_tasks
from relata.engine.automation.flows.ports import Ports as FlowPorts
from relata.engine.automation.webhooks import tasks as webhook_tasks
from relata.engine.automation.webhooks.delivering import Deliverer
from relata.engine.fetching.addresses import networks_of
from relata.engine.fetching.client import Guard
from relata.engine.files.store import DiskStore
from relata.engine.identity import memberships, sessions
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sealing import SecretBox
from relata.engine.jobs.queue import Job, Queue
from relata.engine.messaging.mail.syncing import SYNC
from relata.engine.messaging.message import Message
from relata.engine.metadata.module import Module
from relata.engine.transfer.bulk import running
from relata.engine.ui.exports import running as exports
from relata.engine.workspace.erasing import Erasure, Outside
from relata.foundation.ids import new_id
from relata.interfaces.html.assets import Assets
from relata.interfaces.html.environment import create_environment
from relata.interfaces.http import cookies, csrf
from relata.interfaces.http.ground import Ground, Ports, build
from relata.interfaces.http.settings import HttpSettings
from relata.interfaces.web.ground import Web
from relata.testing.house import House
from relata.testing.standing import standing

BOX = SecretBox("a secret key of this test, long enough")
Form = Mapping[str, str | list[str]]


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """Enough for every page, and quick to set up."""
    return tuple(module for module in discover() if module.essential or module.name in ("people", "bulk", "parties"))


class Browser:
    """Somebody's browser. user: None for a stranger."""

    def __init__(self, client: httpx.AsyncClient, user: UUID | None, token: str) -> None:
        self.client = client
        self.user = user
        self._token = token

    async def get(self, path: str) -> httpx.Response:
        """A page."""
        return await self.client.get(path)

    async def post(self, path: str, form: Form | None = None) -> httpx.Response:
        """A form that was sent, with its token."""
        return await self.client.post(
            path, data={**(form or {}), "_csrf": csrf.make_token(self._token) if self._token else ""}
        )


SignIn = Callable[..., Awaitable[Browser]]


@pytest.fixture
def mails() -> list[Message]:
    """What was sent."""
    return []


def _ground(house: House, mails: list[Message], files: Path) -> Ground:
    async def send(message: Message) -> None:
        mails.append(message)

    async def ready() -> str | None:
        return None

    async def setup(*given: str) -> None:
        raise AssertionError("nobody sets up here")

    environment = create_environment([Path(relata.interfaces.web.__path__[0]) / "templates"], Assets(base="/static/"))

    async def noted(key: str, entry: Erasure) -> None:
        return None

    queue = Queue(house.door.database.url)
    running.register(queue, house.door)
    flow_tasks.register(queue, house.door, FlowPorts())
    webhook_tasks.register(queue, Deliverer(house.door, None, FlowPorts().tell))

    @queue.task(SYNC)
    async def read_mailbox(job: Job) -> None:
        raise AssertionError("no worker runs here")

    store = DiskStore(files)
    exports.register(queue, house.door, store)
    web = Web(
        house.door, environment, "http://localhost", send, setup, store, queue, Outside(store, noted), sealer=BOX,
        mail_servers=ImapServers([ip_network("127.0.0.0/8")], plain=True), push_key="BA",
        guard=Guard(networks_of(["127.0.0.0/8"]), http=True),
    )  # fmt: skip
    ports = Ports(Resolver(house.door.database), ready)
    return standing("settings", lambda web, ports: build(handlers(web), HttpSettings(), ports), web=web, ports=ports)


@pytest_asyncio.fixture
async def sign_in(open_house: House, mails: list[Message], tmp_path: Path) -> AsyncIterator[SignIn]:
    """Opens a browser for a new person with these roles; without any for a stranger."""
    app = _ground(open_house, mails, tmp_path)
    async with AsyncExitStack() as stack:

        async def opened(*roles: str, name: str = "Ada Lovelace") -> Browser:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
            client = httpx.AsyncClient(
                transport=transport, base_url="http://localhost", headers={"accept": "text/html"}
            )
            await stack.enter_async_context(client)
            if not roles:
                return Browser(client, None, "")
            user = await open_house.person(name, *roles)
            token = await _session(open_house, user)
            client.cookies.set(cookies.name(is_https=False), token)
            return Browser(client, user, token)

        yield opened


async def _session(house: House, user: UUID) -> str:
    """An account for the person, and a session in it."""
    workspace, account = (await house.door.context(house.key)).id, new_id()
    async with house.door.database.transaction() as connection:
        await connection.execute(
            "insert into relata.account (id, email) values (%s, %s)", (account, f"{account.hex}@example.com")
        )
        await memberships.join(connection, account, workspace, user)
        _, token = await sessions.start(connection, account, workspace, sessions.Visitor())
    return token


@pytest_asyncio.fixture
async def ada(sign_in: SignIn) -> Browser:
    """The administrator's browser."""
    return await sign_in("admin")
