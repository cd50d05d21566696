"""The development mail page is for this machine only."""

from __future__ import annotations

import httpx

from relata.engine.identity.resolver import Resolver
from relata.engine.messaging.kept import KeepingTransport
from relata.engine.messaging.message import Message
from relata.engine.messaging.tables import MIGRATIONS
from relata.interfaces.http.development_mail import development_mail
from relata.interfaces.http.ground import Ports, build
from relata.interfaces.http.settings import HttpSettings
from relata.testing.identity import identity_ground


async def test_shows_mail_here_and_nothing_elsewhere(postgres_url: str) -> None:
    async def ready() -> None:
        return None

    async with identity_ground(postgres_url, MIGRATIONS) as ground:
        ports = Ports(Resolver(ground.database), ready)
        app = build([development_mail(ground.database)], HttpSettings(hosts=("*",)), ports)

        async def get(ip: str, host: str = "localhost") -> httpx.Response:
            transport = httpx.ASGITransport(app=app, client=(ip, 1))
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
                return await client.get("/dev/mail")

        assert "No mail" in (await get("127.0.0.1")).text
        await KeepingTransport(ground.database).send(Message("a@example.com", "Reset", "<script> http://crm/reset/x"))
        shown = await get("127.0.0.1")
        assert "http://crm/reset/x" in shown.text
        assert shown.headers["content-type"].startswith("text/plain")
        assert (await get("192.0.2.1")).status_code == 404
        assert (await get("127.0.0.1", "evil.example")).status_code == 404
