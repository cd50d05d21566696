"""The whole application on the real ground over a company of its own, and browsers that come in through its pages."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest
import pytest_asyncio

import relata.interfaces.web
from relata.app.modules import discover
from relata.app.web import handlers
from relata.engine.files.store import DiskStore
from relata.engine.identity import accounts, memberships
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sealing import SecretBox
from relata.engine.metadata.module import Module
from relata.foundation.ids import new_id
from relata.interfaces.html.assets import Assets
from relata.interfaces.html.environment import create_environment
from relata.interfaces.http.ground import Ground, Ports, build
from relata.interfaces.http.settings import HttpSettings
from relata.interfaces.rest import api
from relata.interfaces.web.ground import Web
from relata.testing.house import House
from relata.testing.standing import standing

PASSWORD = "four unrelated words"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
_CSRF = re.compile(r'name="_csrf" value="([^"]+)"|name="csrf-token" content="([^"]+)"')


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """Enough for every page, and quick to set up."""
    return tuple(module for module in discover() if module.name in ("people", "parties"))


class Browser:
    """Somebody's browser; it keeps cookies, and sends the token of the page it last saw."""

    def __init__(self, client: httpx.AsyncClient, email: str, account: UUID, user: UUID) -> None:
        self.client = client
        self.email = email
        self.account = account
        self.user = user
        self.csrf = ""

    async def get(self, path: str) -> httpx.Response:
        """A page."""
        return self._seen(await self.client.get(path))

    async def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A form that was sent, with the token of the last page."""
        return self._seen(await self.client.post(path, data={"_csrf": self.csrf, **(form or {})}, **more))

    async def sign_in(self, password: str = PASSWORD, **more: str) -> httpx.Response:
        """The form of the sign-in page; then a page, for its token."""
        answer = await self.client.post("/sign-in", data={"email": self.email, "password": password, **more})
        await self.get("/settings/profile")
        return answer

    async def is_in(self) -> bool:
        """Whether a page opens."""
        return (await self.client.get("/settings/profile")).status_code == 200

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        found = _CSRF.search(answer.text)
        if found:
            self.csrf = found[1] or found[2]
        return answer

    async def set_up_app(self) -> tuple[str, list[str]]:
        """An authenticator app: its secret, and the recovery codes. Uses the code of the step before, so that the
        present one is left."""
        await self.post("/settings/second-factors/app")
        page = await self.get("/settings/second-factors/app")
        secret = re.search(r'<code class="settings-key">([^<]+)</code>', page.text)
        assert secret is not None
        plain = secret[1].replace(" ", "")
        for _ in range(2):  # between making the code and checking it, its time may have ended
            shown = await self.post("/settings/second-factors/app/confirm", {"code": code_of(plain, -1)})
            codes = re.findall(r"<code>([0-9a-z-]{34})</code>", shown.text)
            if codes:
                break
        assert codes
        return plain, codes


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows, some steps from now."""

    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


class Company:
    """One company and everybody's browsers."""

    def __init__(self, house: House, app: Ground, stack: AsyncExitStack, web: Web) -> None:
        self.house = house
        self.web = web
        self.app = app
        self.database = house.door.database
        self._stack = stack

    async def browser(
        self, known: Browser | None = None, *roles: str, name: str = "Ada Lovelace", agent: str = FIREFOX,
        ip: str = "127.0.0.1",
    ) -> Browser:  # fmt: skip
        """Another browser of somebody known, or the first one of a new person."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app, client=(ip, 1234)),
            base_url="http://localhost",
            headers={"accept": "text/html", "user-agent": agent},
        )
        await self._stack.enter_async_context(client)
        if known is not None:
            return Browser(client, known.email, known.account, known.user)
        email, workspace = f"{new_id().hex}@example.com", (await self.house.door.context("main")).id
        user = await self.house.person(name, *(roles or ("admin",)), email=email, status="active")
        async with self.database.transaction() as connection:
            account = await accounts.create(connection, email, PASSWORD)
            await memberships.join(connection, account, workspace, user)
        return Browser(client, email, account, user)

    async def execute(self, sql: str, *given: Any) -> list[Any]:
        """Straight at the database."""
        async with self.database.transaction() as connection:
            return list(await connection.fetch(sql, given))

    async def long_ago(self, browser: Browser) -> None:
        """Nothing of what they confirmed is fresh."""
        await self.execute(
            "update relata.session set confirmed_at = now() - interval '11 minutes' where account = %s returning 1",
            browser.account,
        )
        from relata.engine.identity.recent import RECENT

        RECENT.forget(browser.account)

    async def alerts(self, browser: Browser) -> list[str]:
        """The kinds that were raised about somebody."""
        rows = await self.execute(
            "select kind from relata.security_alert where account = %s order by at, id", browser.account
        )
        return [kind for (kind,) in rows]


@pytest_asyncio.fixture
async def company(open_house: House, tmp_path: Path) -> AsyncIterator[Company]:
    """The company, served."""

    async def nothing(*given: Any) -> None:
        return None

    environment = create_environment([Path(relata.interfaces.web.__path__[0]) / "templates"], Assets(base="/static/"))
    queue: Any = None  # none of these pages enqueues
    files = DiskStore(tmp_path)
    web = Web(
        open_house.door, environment, "http://localhost", nothing, nothing, files, queue, sealer=SecretBox("secret")
    )
    app = standing(
        "identity",
        lambda web, door, files, ports: build(
            [*api.routes(door, files), *handlers(web)], HttpSettings(trusted_proxies=("10.0.0.1",)), ports
        ),
        web=web, door=open_house.door, files=files, ports=Ports(Resolver(open_house.door.database), nothing),
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        yield Company(open_house, app, stack, web)


@pytest_asyncio.fixture
async def ada(company: Company) -> Browser:
    """The administrator, signed in by password."""
    found = await company.browser()
    assert (await found.sign_in()).status_code == 303
    return found
