"""The list of erasures outside the database, so that a restored backup is erased again before it serves."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import msgspec

from relata.app.assembly import House
from relata.engine.workspace.erasing import Erasure, Outside, erase
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound

FILE = "erasures.jsonl"


class Listed(msgspec.Struct, frozen=True):
    """A line of the file: which record of which workspace; never a value."""

    workspace: str
    object: str
    record: UUID
    at: str


def outside(house: House) -> Outside:
    """What an erasure needs beyond the database."""

    async def note(workspace: str, entry: Erasure) -> None:
        line = Listed(workspace, entry.object, entry.record, entry.at.isoformat())
        await asyncio.to_thread(append, house.settings.home / FILE, [line])

    return Outside(house.files, note)


def append(file: Path, lines: Iterable[Listed]) -> None:
    """Add to the list; on the disk when it returns."""
    text = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, text)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(file: Path) -> list[Listed]:
    """The list; empty where there is none. Invalid for a file that is something else."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    try:
        return [msgspec.json.decode(line, type=Listed) for line in lines if line.strip()]
    except msgspec.MsgspecError as error:
        raise Invalid(
            f"{file.name} is no list of erasures.", code="erasures", hint="Use the file that Relata wrote."
        ) from error


async def known(house: House) -> list[Listed]:
    """What the database's own lists hold, over all workspaces."""
    found: list[Listed] = []
    for key in await house.door.keys():
        schema = (await house.door.context(key)).schema
        async with house.database.read() as connection:
            exists = await connection.fetch_one("select to_regclass(%s)::text", (f'"{schema}"._erasure',))
            if exists is None or exists[0] is None:
                continue
            rows = await connection.fetch(f'select object, record, at from "{schema}"._erasure order by at')
        found.extend(Listed(key, name, record, at.isoformat()) for name, record, at in rows)
    return found


async def again(house: House, listed: Iterable[Listed]) -> int:
    """Erase what a restored database holds of people who were erased after its backup; how many. What is not in it, or
    was erased in it already, is left alone."""
    done = {(one.workspace, one.object, one.record) for one in await known(house)}
    workspaces, count = set(await house.door.keys()), 0

    async def quietly(workspace: str, entry: Erasure) -> None:
        return None

    tools = Outside(house.files, quietly)
    for one in listed:
        key = (one.workspace, one.object, one.record)
        if key in done or one.workspace not in workspaces:
            continue
        done.add(key)

        async def attempt(work: Workspace, one: Listed = one) -> bool:
            try:
                await erase(work, one.object, one.record, tools)
            except NotFound:
                return False
            return True

        count += await house.door.run(one.workspace, None, attempt, via="restore")
    return count
