"""What both sides changed since the last run: told, kept as records, and decided by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.transfer.migration.objects import CONFLICT
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Clash:
    """One field of one record. theirs: as the other system says it, raw."""

    object: str
    record: UUID
    field: str
    theirs: Any
    table: str
    key: str


async def keep(work: Workspace, run: UUID | None, clashes: Sequence[Clash]) -> None:
    """Keep them to be decided; one that is open already takes the newer words."""
    for clash in clashes:
        values = {"theirs": _text(clash.theirs), "migration": run}
        about = {"object": clash.object, "id": str(clash.record)}
        found = await work.find(CONFLICT, key=f"{clash.record}:{clash.field}", decision="open", limit=1)
        if found:
            await work.change(found[0], values)
            continue
        one = work.registry.get(clash.object)
        field = one.field(clash.field)
        await work.create(
            CONFLICT,
            values | {
                "name": field.title if field else clash.field, "record": about, "field": clash.field,
                "key": f"{clash.record}:{clash.field}", "decision": "open",
            },
        )  # fmt: skip


async def decide(work: Workspace, conflict: UUID, *, take_theirs: bool) -> Record:
    """Keep what stands here, or take what the other system says. The person needs the right to change the record.
    Conflict where it was decided before."""
    known = await work.get(CONFLICT, conflict, lock=True)
    if known["decision"] != "open":
        raise Conflict(_("This has been decided already."), code="decided")
    everything, target = work.as_system(), known["record"]
    record = await work.get(target.object, target.id)
    if not await work.may(record, "change"):
        raise Denied(_("You may see this %(noun)s, but not change it.") % {"noun": record.object.noun})
    if take_theirs:
        theirs = msgspec.json.decode((await everything.get(CONFLICT, conflict))["theirs"])
        await work.change(record, {known["field"]: theirs})
    return await everything.change(known, {"decision": "theirs" if take_theirs else "ours"})


def theirs_of(record: Record) -> str:
    """What the other system says, for people to read."""
    value = msgspec.json.decode(record["theirs"] or "null")
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
