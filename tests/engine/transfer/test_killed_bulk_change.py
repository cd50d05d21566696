"""A bulk change whose worker is killed goes on where its last chunk ended, and no record is changed twice."""

from __future__ import annotations

import os
import select
import subprocess
import sys

from relata.engine.jobs.queue import Queue
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.transfer.bulk.order import Order
from relata.testing.house import House

#: Says something in the middle of the third chunk, when its records are written, and waits to be killed.
WORKER = """
import asyncio, sys
from uuid import UUID
from relata.app.modules import discover
from relata.engine.storage.database import Database
from relata.engine.transfer.bulk import running
from relata.engine.workspace.door import Door
from relata.testing.house import RING

async def main(url, bulk):
    chunks = []
    first = running.apply

    async def slow(*arguments):
        chunks.append(await first(*arguments))
        if len(chunks) == 3:
            print("now", flush=True)
            await asyncio.Event().wait()
        return chunks[-1]

    running.apply, running.CHUNK = slow, 4
    database = await Database(url).open()
    await running.run(Door(database, discover(), RING), "main", UUID(bulk))

asyncio.run(main(*sys.argv[1:]))
"""
DEADLINE_SECONDS = 60


async def test_a_killed_bulk_change_is_finished_by_another_process(open_house: House) -> None:
    queue = Queue(open_house.door.database.url)
    running.register(queue, open_house.door)
    async with open_house.system() as work:
        await work.create_many("account", [{"name": f"A{index}"} for index in range(1, 600)])
        order = Order("account", "change", None, values={"description": "done"})
        bulk = await running.start(work, queue, order)
    kill_in_the_middle(open_house.door.database.url, str(bulk.id))
    async with open_house.system() as work:
        assert await work.count("account", description="done") == 8
        assert (await work.get(BULK_CHANGE, bulk.id))["changed"] == 8
    await running.run(open_house.door, open_house.key, bulk.id)
    async with open_house.system() as work:
        found = await work.get(BULK_CHANGE, bulk.id)
        rows = await work.unit.connection.fetch(
            f"select count(*), count(distinct record) from {work.context.schema}._change"
            " where object = 'account' and action = 'changed'"
        )
    assert (found["status"], found["changed"], found["unchanged"]) == ("done", 599, 0)
    assert rows == [(599, 599)]


def kill_in_the_middle(url: str, bulk: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", WORKER, url, bulk]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, bufsize=0) as process:
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], DEADLINE_SECONDS)
        assert ready, "the worker said nothing"
        assert process.stdout.readline() == b"now\n"
        process.kill()
