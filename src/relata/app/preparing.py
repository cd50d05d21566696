"""Brings a database to this version, and says what is pending; for the command, which is not asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from relata.app import erasures
from relata.app.assembly import MAIN, House
from relata.app.settings import Settings
from relata.engine.files.store import FileStore
from relata.engine.workspace.door import Door
from relata.foundation.errors import Unavailable
from relata.interfaces.cli.port import Prepared

T = TypeVar("T")


def prepare(settings: Settings, url: str) -> Prepared:
    """Runs what is pending, and makes the link for the first account where there is none."""

    async def bring(house: House) -> Prepared:
        names = await house.migrate()
        # Whoever put an older database in place, by whatever means: people who were erased since are erased again.
        await erasures.again(house, erasures.read(settings.home / erasures.FILE))
        return Prepared(tuple(names), await house.setup_link())

    return within(settings, url, bring)


def pending(settings: Settings, url: str) -> list[str]:
    """What this version wants and the database has not had, in words; changes nothing."""
    return within(settings, url, lambda house: house.pending())


def through_door(settings: Settings, url: str, use: Callable[[Door], Awaitable[T]], company: str) -> T:
    """`use` with the door to a database that is up to date. company: makes it so, with a workspace of that name."""

    async def bring(house: House) -> T:
        if company:
            await house.migrate()
            await house.ensure_workspace(MAIN, company, currency="USD")
        else:
            await require_current(house)
        return await use(house.door)

    return within(settings, url, bring)


def through_store(settings: Settings, url: str, use: Callable[[Door, FileStore], Awaitable[T]]) -> T:
    """`use` with the door and the files of a database that is up to date."""

    async def bring(house: House) -> T:
        await require_current(house)
        return await use(house.door, house.files)

    return within(settings, url, bring)


async def require_current(house: House) -> None:
    """Unavailable where migrations are pending."""
    if waiting := await house.pending():
        raise Unavailable(f"{len(waiting)} migrations are pending.", code="pending", hint="Run relata migrate.")


def within(settings: Settings, url: str, use: Callable[[House], Awaitable[T]]) -> T:
    """`use` with an open house, in an event loop of its own."""

    async def run() -> T:
        async with House.of(settings, url) as house:
            return await use(house)

    return asyncio.run(run())
