"""`relata verify`, `erase` and `keys rotate`: what they do with an open house."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from relata.app import erasures
from relata.app.assembly import House
from relata.app.master_keys import rotated
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.engine.history import anchors as anchoring
from relata.engine.history.verifying import WORDS, Finding, verify
from relata.engine.secrets import workspace_keys
from relata.engine.workspace.erasing import erase
from relata.engine.workspace.secret_rotation import renew_secret_keys
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound, Unavailable
from relata.foundation.ids import parse_id
from relata.interfaces.cli.acting import person
from relata.interfaces.cli.port import Erased, Misfit, Proven, Rotated


def prove(settings: Settings, url: str, workspaces: Sequence[str], anchors: Path | None) -> list[Proven]:
    """The verdict on each workspace, all of them where none is named."""
    kept = anchoring.read(anchors) if anchors else []

    async def use(house: House) -> list[Proven]:
        await _require_current(house)
        return [await _prove(house, key, kept) for key in workspaces or await house.door.keys()]

    return within(settings, url, use)


async def _prove(house: House, key: str, kept: Sequence[anchoring.Anchor]) -> Proven:
    context = await house.door.context(key)
    found = await verify(house.database, context.schema, context.keys)
    mine = [one for one in kept if one.workspace == str(context.id)]
    found.findings += await anchoring.compare(house.database, context.schema, mine)
    misfits = tuple(_misfit(one) for one in found.findings)
    return Proven(key, found.holds, found.blocks, found.rows, found.redacted, found.unsealed, found.head, misfits)


def _misfit(one: Finding) -> Misfit:
    return Misfit(one.what, WORDS[one.what], one.block, one.feed, one.record, one.detail)


def erase_record(settings: Settings, url: str, workspace: str, email: str, object_name: str, record: str) -> Erased:
    """As the person with this address, or as the system."""

    async def use(house: House) -> Erased:
        await _require_current(house)
        key = parse_id(record)
        if key is None:
            raise NotFound("This is no id of a record.", hint="It looks like 0192f0c1-….")

        async def attempt(work: Workspace) -> Erased:
            known = object_name in work.registry.objects
            one = work.registry.get(object_name) if known else work.registry.by_path(object_name)
            done = await erase(work, one.name, key, erasures.outside(house))
            return Erased(done.object, str(done.record), done.records)

        who = await person(house.door, workspace, email)
        return await house.door.run(workspace, who, attempt, via="cli")

    return within(settings, url, use)


def rotate(settings: Settings, url: str) -> Rotated:
    """Old master keys stay known until the operator takes them away: other processes still hold what they wrapped."""
    before = House.of(settings, url).ring.current
    ring = rotated(settings)

    async def use(house: House) -> int:
        await _require_current(house)
        total = 0
        for key in await house.door.keys():
            async with house.database.transaction() as connection:
                total += await workspace_keys.rewrap(connection, (await house.door.context(key)).schema, ring)
        return total

    return Rotated(ring.current, within(settings, url, use), ring.current != before)


def renew(settings: Settings, url: str) -> int:
    """Every secret of every workspace under new keys; how many there were."""

    async def use(house: House) -> int:
        await _require_current(house)
        return sum([await renew_secret_keys(house.door, key) for key in await house.door.keys()])

    return within(settings, url, use)


async def _require_current(house: House) -> None:
    if waiting := await house.pending():
        raise Unavailable(f"{len(waiting)} migrations are pending.", code="pending", hint="Run relata migrate.")
