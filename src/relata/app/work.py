"""The worker process: the dispatcher, the schedules and the queue, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

from relata.app import mailing
from relata.app.assembly import House
from relata.app.collector import spare_the_collector
from relata.app.directory import AGAIN_SECONDS, placed
from relata.app.settings import Settings
from relata.app.tasks import dispatcher, recurring, register, seal_keeper
from relata.engine.jobs.lifeline import end_with_parent
from relata.engine.jobs.schedules import run_schedules
from relata.engine.jobs.worker import run_worker as take_jobs
from relata.interfaces.http import logs

log = logging.getLogger(__name__)


def run_worker(settings: Settings, url: str) -> None:
    """Until SIGINT or SIGTERM. url: the database's, a direct address, since workers LISTEN."""
    end_with_parent()
    logs.configure(settings.log_level.upper())
    asyncio.run(_run(settings, url))


async def _run(settings: Settings, url: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    others = [asyncio.create_task(_keep(each, host, stop)) for host, each in placed(settings).items()]
    try:
        async with House.of(settings, url) as house:
            spare_the_collector()
            await work(house, stop)
    finally:
        stop.set()
        await asyncio.gather(*others)


async def _keep(settings: Settings, host: str, stop: asyncio.Event) -> None:
    """The work of a database of the directory: one that fails or is away keeps no other from its own."""
    while not stop.is_set():
        own = asyncio.Event()
        ending = asyncio.create_task(_follow(stop, own))
        try:
            async with House.of(settings, settings.database_url) as house:
                await work(house, own)
        except Exception:
            log.exception("the work of %s stopped; trying again", host)
        ending.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


async def _follow(stop: asyncio.Event, own: asyncio.Event) -> None:
    await stop.wait()
    own.set()


async def work(house: House, stop: asyncio.Event) -> None:
    """All that a worker does, side by side, over an open house."""
    queue = house.queue
    register(house, queue)
    parts = [
        asyncio.create_task(take_jobs(queue, stop=stop)),
        asyncio.create_task(dispatcher(house, queue).run(stop)),
        asyncio.create_task(seal_keeper(house).run(stop)),
        asyncio.create_task(mailing.watcher(house, queue).run(stop)),
        asyncio.create_task(run_schedules(house.database, queue, lambda: recurring(house), stop=stop)),
    ]
    try:
        await asyncio.wait(parts, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stop.set()
        for part in parts:
            with contextlib.suppress(asyncio.CancelledError):
                await part
