"""An import that is killed goes on where its last chunk ended, and no row comes twice."""

from __future__ import annotations

import asyncio
import os
import select
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from relata.engine.transfer.importing import Options, run_import
from relata.engine.transfer.mapping import decode
from relata.testing.house import House

#: Says its number after the second chunk, and then waits in the middle of the third to be killed.
IMPORTER = """
import asyncio, sys
from pathlib import Path
from relata.app.modules import discover
from relata.engine.storage.database import Database
from relata.engine.transfer import importing
from relata.engine.transfer.mapping import decode
from relata.engine.workspace.door import Door
from relata.testing.house import RING

async def main(url, file, mapping):
    done = []
    first = importing.import_chunk

    async def slow(work, *arguments):
        found = await first(work, *arguments)
        if len(done) == 2:
            print(done[0].id, flush=True)
            await asyncio.Event().wait()
        return found

    importing.import_chunk = slow
    database = await Database(url).open()
    options = importing.Options(progress=done.append, chunk_rows=4)
    door = Door(database, discover(), RING)
    await importing.run_import(door, "main", None, Path(file), decode(mapping.encode()), options)

asyncio.run(main(*sys.argv[1:]))
"""
MAPPING = 'object = "account"\ncolumns = [{ column = "n", field = "name" }]'
DEADLINE_SECONDS = 60


async def test_a_killed_import_is_finished_by_another_process(open_house: House, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("n\n" + "".join(f"A{index}\n" for index in range(15)))
    begun = killed_in_the_middle(open_house.door.database.url, file)
    async with open_house.system() as work:
        assert await work.count("account") == 8
    options = Options(resume=begun, chunk_rows=4)
    report = await run_import(open_house.door, open_house.key, None, file, decode(MAPPING.encode()), options)
    async with open_house.system() as work:
        names = sorted(one["name"] for one in await work.find("account"))
    assert names == sorted(f"A{index}" for index in range(15))
    assert report.counts["created"] == 15


async def test_two_imports_of_the_same_people_at_once_make_one_set(open_house: House, tmp_path: Path) -> None:
    mapping = decode(b'object = "account"\nmatch = ["name"]\ncolumns = [{ column = "n", field = "name" }]')
    for name, order in (("one.csv", range(40)), ("two.csv", reversed(range(40)))):
        (tmp_path / name).write_text("n\n" + "".join(f"A{index}\n" for index in order))
    one, two = await asyncio.gather(
        *(
            run_import(open_house.door, open_house.key, None, tmp_path / name, mapping, Options(chunk_rows=10))
            for name in ("one.csv", "two.csv")
        )
    )
    async with open_house.system() as work:
        assert await work.count("account") == 40
    assert one.counts["created"] + two.counts["created"] == 40
    assert one.counts["unchanged"] + two.counts["unchanged"] == 40


def killed_in_the_middle(url: str, file: Path) -> UUID:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", IMPORTER, url, str(file), MAPPING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, bufsize=0) as process:
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], DEADLINE_SECONDS)
        assert ready, "the import said nothing"
        begun = UUID(process.stdout.readline().decode().strip())
        process.kill()
    return begun
