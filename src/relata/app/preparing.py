"""Brings a database to this version, and says what is pending; for the command, which is not asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from relata.app.assembly import House
from relata.app.settings import Settings
from relata.interfaces.cli.port import Prepared

T = TypeVar("T")


def prepare(settings: Settings, url: str) -> Prepared:
    """Runs what is pending, and makes the link for the first account where there is none."""

    async def bring(house: House) -> Prepared:
        names = await house.migrate()
        return Prepared(tuple(names), await house.setup_link())

    return within(settings, url, bring)


def pending(settings: Settings, url: str) -> list[str]:
    """What this version wants and the database has not had, in words; changes nothing."""
    return within(settings, url, lambda house: house.pending())


def within(settings: Settings, url: str, use: Callable[[House], Awaitable[T]]) -> T:
    """`use` with an open house, in an event loop of its own."""

    async def run() -> T:
        async with House.of(settings, url) as house:
            return await use(house)

    return asyncio.run(run())
