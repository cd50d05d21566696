"""Where each value of a record came from, as one line: who, when, through what."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from relata.engine.history.entries import Provenance
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace

_THROUGH = {
    "form": "in a form",
    "api": "through the API",
    "import": "by an import",
    "automation": "by an automation",
    "mail": "by mail",
    "bulk": "in a bulk change",
}


async def origins_of(work: Workspace, record: Record) -> dict[str, str]:
    """For each value that was ever set: a line for its tooltip."""
    found = await work.provenance(record)
    people = {one.actor for one in found.values() if one.actor}
    titles = await titles_of(work.unit, {"user": people})
    zone = ZoneInfo(work.actor.zone)
    return {
        name: _line(one, titles.get(("user", one.actor)) if one.actor else None, zone) for name, one in found.items()
    }


def _line(one: Provenance, who: str | None, zone: ZoneInfo) -> str:
    through = _THROUGH.get(one.via, "")
    row = one.source.get("row")
    through += f", row {row}" if row and through else ""
    moment = one.at.astimezone(zone).strftime("%d %b %Y, %H:%M")
    return f"{who or 'Relata'}, {moment}{', ' if through else ''}{through}"
