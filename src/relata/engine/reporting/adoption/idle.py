"""What people made and nobody opened: saved views, reports, dashboards. Named as far as the reader sees them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.reporting.adoption.summary import Adoption, rows_of
from relata.engine.workspace.workspace import Workspace

KINDS = ("view", "report", "dashboard")
_MOST = 8


class Idle(msgspec.Struct, frozen=True, kw_only=True):
    """Of one kind. made: how many there are. used: how many of them were opened. names: some of the others."""

    kind: str
    made: int
    used: int
    names: tuple[tuple[UUID, str], ...] = ()


async def made(everything: Workspace) -> dict[str, list[UUID]]:
    """All there are, by kind. everything: a system's workspace."""
    return {kind: [row["id"] async for row in rows_of(everything, kind, "id")] for kind in KINDS}


async def idle(work: Workspace, known: dict[str, list[UUID]], counted: Adoption) -> list[Idle]:
    """known: of `made`."""
    found = []
    for kind, ids in known.items():
        used = {one.what for one in counted.used if one.kind == kind}
        left = [key for key in ids if str(key) not in used]
        seen = await work.get_many(kind, left[:500]) if left else []
        names = tuple((one.id, one.title) for one in seen[:_MOST])
        found.append(Idle(kind=kind, made=len(ids), used=len(ids) - len(left), names=names))
    return found
