"""A colleague with a mailbox, another without, and a customer who writes."""

from __future__ import annotations

from uuid import UUID

import pytest_asyncio

from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.storing import Arrived, store
from relata.testing.house import House

PLAN = b"""From: Carla Customer <carla@acme.example>
To: ada@example.com
Subject: The plan
Message-ID: <one@acme.example>
Date: Fri, 20 Nov 2026 09:00:00 +0100

Please call me.
"""
ANSWER = b"""From: Ada <ada@example.com>
To: carla@acme.example
Subject: Re: The plan
Message-ID: <two@example.com>
In-Reply-To: <one@acme.example>
Date: Fri, 20 Nov 2026 10:00:00 +0100

I will.

On 20 Nov 2026, at 09:00, Carla Customer wrote:
> Please call me.
"""


class Office:
    """Ada has a mailbox; Ben sees the customer and not the mailbox."""

    house: House
    ada: UUID
    ben: UUID
    box: UUID
    contact: UUID

    async def arrive(self, *raws: bytes, box: UUID | None = None, direction: str = "in") -> list[UUID | None]:
        async with self.house.system() as work:
            mailbox = await work.get("mailbox", box or self.box)
            return await store(work, mailbox, [Arrived(read(raw), direction) for raw in raws])

    async def mailbox(self, owner: UUID, **values: object) -> UUID:
        async with self.house.as_person(owner) as work:
            return (await work.create("mailbox", {"name": "Mail", "address": "ada@example.com", **values})).id


@pytest_asyncio.fixture
async def office(house: House) -> Office:
    found = Office()
    found.house = house
    found.ada = await house.person("Ada", "member", email="ada@example.com")
    found.ben = await house.person("Ben", "member", email="ben@example.com")
    found.box = await found.mailbox(found.ada)
    async with house.as_person(found.ben) as work:
        found.contact = (
            await work.create("contact", {"name": {"first": "Carla", "last": "C"}, "email": "carla@acme.example"})
        ).id
    return found
