"""`relata exports`: those that the server writes, listed and fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

import click

from relata.foundation.errors import Invalid
from relata.interfaces.cli.output import json_option, print_json, print_table
from relata.interfaces.cli.port import Application
from relata.interfaces.cli.transferring import person, workspace_option

if TYPE_CHECKING:
    from relata.engine.files.store import FileStore
    from relata.engine.ui.exports.wish import Wish
    from relata.engine.workspace.door import Door
    from relata.engine.workspace.record import Record

_SHOWN = ("name", "form", "status", "written", "total", "bytes", "kept_until")


@click.command("exports")
@click.option("--user", required=True, help="The person whose exports they are, by e-mail address.")
@click.option("--fetch", type=click.UUID, help="Write the file of this export; what is there already is gone on with.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to.")
@workspace_option
@json_option
@click.pass_obj
def exports(
    application: Application, user: str, fetch: UUID | None, output: Path | None, workspace: str, as_json: bool
) -> None:
    """Exports that the server writes: how far they are, and their files, for a day. `relata export --later` begins
    one."""
    if fetch is not None:
        if output is None:
            raise Invalid("The file needs a place.", code="required", field="output", hint="Give --output.")
        there = output.stat().st_size if output.exists() else 0
        with output.open("ab") as target:
            size = application.through_store(
                lambda door, store: _fetch(door, store, workspace, user, fetch, target, there)
            )
        click.echo(f"{size:,} bytes", err=True)
        return
    found = application.through_door(lambda door: _list(door, workspace, user))
    if as_json:
        print_json([{"id": one.id, **{name: one[name] for name in _SHOWN}} for one in found])
    else:
        print_table([("id", *_SHOWN), *((str(one.id), *(str(one[name] or "") for name in _SHOWN)) for one in found)])


async def begin(door: Door, store: FileStore, workspace: str, user: str, wish: Wish) -> UUID:
    """For `relata export --later`."""
    from relata.engine.jobs.queue import Queue
    from relata.engine.ui.exports import running

    who = await person(door, workspace, user)
    if who is None:
        raise Invalid("An export belongs to somebody.", code="required", field="user", hint="Give --user.")
    queue = Queue(door.database.url)
    running.register(queue, door, store)
    async with door.open(workspace, who, via="cli") as work:
        return (await running.begin(work, queue, wish)).id


async def _list(door: Door, workspace: str, user: str) -> list[Record]:
    from relata.engine.ui.exports import running

    async with door.open(workspace, await person(door, workspace, user), read_only=True) as work:
        return (await running.own(work))[0]


async def _fetch(
    door: Door, store: FileStore, workspace: str, user: str, export: UUID, target: BinaryIO, start: int
) -> int:
    """What is missing behind `start`; the size of the whole."""
    from relata.engine.ui.exports.keeping import file_of

    async with door.open(workspace, await person(door, workspace, user), via="export") as work:
        found = await file_of(work, export)
    size = int(found.headers["Content-Length"])
    if start > size:
        raise Invalid("Another file is there.", code="exists", field="output", hint="Name another one.")
    if start < size:
        async for piece in store.read(found.schema, found.file, start):
            target.write(piece)
    return size
