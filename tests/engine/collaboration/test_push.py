"""Notifications reach a device sealed, once each, of the kinds that it shows; a device that is gone is forgotten."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from relata.engine.collaboration.push.keys import PushKey
from relata.engine.collaboration.push.letters import read, written
from relata.engine.collaboration.push.noticing import noticing
from relata.engine.collaboration.push.objects import DEVICE, add_device
from relata.engine.collaboration.push.sealing import seal
from relata.engine.collaboration.push.sending import PushPorts, push
from relata.engine.fetching.addresses import networks_of
from relata.engine.fetching.client import Guard
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob
from relata.foundation.errors import Invalid, Unavailable
from relata.testing.house import House

KEY = PushKey.of("s" * 32)


class Phone:
    """A push service and the device behind it, in one: reads what was sealed for it."""

    def __init__(self) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.status, self.port = 201, 0
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/push/abc"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
        self.got.append((headers, json.loads(self.opened(await reader.readexactly(int(headers["content-length"]))))))
        writer.write(f"HTTP/1.1 {self.status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def opened(self, body: bytes) -> bytes:
        salt, point = body[:16], body[21:86]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
        secret = HKDF(SHA256(), 32, self.auth, b"WebPush: info\0" + self.public + point).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, body[86:], None)
        assert plain.endswith(b"\x02")
        return plain[:-1]


@pytest_asyncio.fixture
async def phone() -> AsyncIterator[Phone]:
    made = Phone()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


def ports(house: House, guard: Guard | None = None) -> PushPorts:
    loopback = guard or Guard(networks_of(["127.0.0.0/8"]), http=True)
    return PushPorts(house.door, loopback, KEY, "https://crm.example.org", lambda work, item: "/notifications")


async def device(house: House, person: UUID, phone: Phone) -> UUID:
    async with house.as_person(person) as work:
        made = await add_device(work, "Phone", phone.endpoint, written(phone.public), written(phone.auth))
        return UUID(str(made.id))


async def told(house: House, person: UUID, **values: Any) -> UUID:
    async with house.system() as work:
        made = await work.create(
            "notification", {"owner": person, "kind": "mention", "text": "Ada mentioned you on Acme", **values}
        )
        return made.id


def test_what_is_sealed_is_what_the_standard_shows() -> None:
    """RFC 8291, appendix A."""
    number = int.from_bytes(read("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    sealed = seal(
        b"When I grow up, I want to be a watermelon",
        read("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        read("BTBZMqHH6r4Tts7J_aSIgg"),
        key=ec.derive_private_key(number, ec.SECP256R1()),
        salt=read("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert written(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


async def test_a_device_reads_what_its_owner_is_told(house: House, phone: Phone) -> None:
    ben = await house.person("Ben", "member")
    mine, item = await device(house, ben, phone), await told(house, ben)
    assert await push(ports(house), house.key, item, mine)
    [(headers, said)] = phone.got
    assert (said["body"], said["url"], headers["topic"]) == ("Ada mentioned you on Acme", "/notifications", item.hex)
    token = headers["authorization"].removeprefix("vapid t=").partition(",")[0]
    point = read(KEY.public)
    public = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": written(point[1:33]), "y": written(point[33:])})
    assert jwt.decode(token, public).claims["aud"] == f"http://127.0.0.1:{phone.port}"


async def test_a_device_that_is_gone_is_forgotten_and_a_busy_service_asked_again(house: House, phone: Phone) -> None:
    ben = await house.person("Ben", "member")
    mine, item = await device(house, ben, phone), await told(house, ben)
    phone.status = 503
    with pytest.raises(Unavailable):
        await push(ports(house), house.key, item, mine)
    phone.status = 410
    assert not await push(ports(house), house.key, item, mine)
    async with house.as_person(ben) as work:
        assert await work.find(DEVICE) == []


async def test_nothing_is_sent_to_where_the_guard_does_not_go(house: House, phone: Phone) -> None:
    ben = await house.person("Ben", "member")
    mine, item = await device(house, ben, phone), await told(house, ben)
    assert not await push(ports(house, Guard(http=True)), house.key, item, mine)
    assert phone.got == []


async def test_only_the_kinds_that_it_shows_and_not_in_quiet_hours(house: House, phone: Phone) -> None:
    ben = await house.person("Ben", "member")
    mine = await device(house, ben, phone)
    shown = await told(house, ben)
    others = [await told(house, ben, kind="followed"), await told(house, ben, due_at=_in_an_hour())]
    jobs: list[NewJob] = []

    class Keeping:
        async def enqueue_many(self, connection: object, given: list[NewJob]) -> None:
            jobs.extend(given)

    async with house.system() as work:
        changes = [
            Change(1, 1, "notification", one, "created", _in_an_hour(), None, "test", {}, {}, {})
            for one in (shown, *others)
        ]
        await noticing(Keeping())(work.unit.connection, work.context.schema, changes)  # type: ignore[arg-type]
    assert [(one.args["notification"], one.args["device"]) for one in jobs] == [(shown, mine)]
    assert not await push(ports(house), house.key, others[1], mine)


async def test_a_browser_tells_the_latest_person_who_asked_there(house: House, phone: Phone) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben", "member")
    await device(house, ada, phone)
    assert await device(house, ben, phone) == await device(house, ben, phone)
    async with house.as_person(ada) as work:
        assert await work.find(DEVICE) == []
        with pytest.raises(Invalid):
            await add_device(work, "Phone", "file:///etc/passwd", written(phone.public), written(phone.auth))


def _in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)
