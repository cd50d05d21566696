"""A person's desk: favourites, side bar and home page as they have arranged them, remembered for a moment a process."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import AnyTarget
from relata.engine.query.request import Query, parse_order
from relata.engine.search.hits import Hit, Place, show
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached
from relata.foundation.i18n import gettext as _

#: As for views: a write is seen at once within a process, between processes after this.
KEEP_SECONDS = 2.0
MAX_FAVOURITES = 50
SCOPES = ("mine", "team", "everyone")
#: Names in an arrangement: enough for every object of a workspace, and no more.
_MOST, _LONGEST = 400, 80


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """order: names as the person put them; what is not among them follows as it came. hidden, closed: names."""

    groups: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """favourites: records that the person may see, in their order; the titles of others are not known here."""

    sidebar: Arrangement = Arrangement()
    home: Arrangement = Arrangement()
    scope: str = "mine"
    knows_start: bool = False
    favourites: tuple[Hit, ...] = ()


@dataclass
class _Kept:
    desks: dict[UUID | None, tuple[float, Desk]] = field(default_factory=dict)


async def desk(work: Workspace, *, fresh: bool = False) -> Desk:
    """The person's. fresh: not from what the process remembers."""
    if "desk" not in work.registry.objects or work.actor.user is None:
        return Desk()
    kept = _kept(work)
    known = kept.desks.get(work.actor.user)
    if not fresh and known is not None and time.monotonic() - known[0] < KEEP_SECONDS:
        return known[1]
    found = await _read(work)
    if not {"desk", "favourite"} & set(work.unit.written):
        kept.desks[work.actor.user] = (time.monotonic(), found)
    return found


def remembered(work: Workspace) -> Desk:
    """What `desk` found last for this person; the shipped one where nobody asked yet."""
    known = _kept(work).desks.get(work.actor.user)
    return known[1] if known else Desk()


def _kept(work: Workspace) -> _Kept:
    found: _Kept = work.context.statements.get(("desks",), _Kept)
    return found


def _forget(work: Workspace) -> None:
    kept = _kept(work)

    async def clear() -> None:
        kept.desks.clear()

    work.unit.after_commit.append(clear)


async def _read(work: Workspace) -> Desk:
    record = await _record(work)
    starred = [place for _key, place in await _starred(work)]
    hits = await show(work.unit.connection, work.context.tables, work.actor, starred) if starred else []
    if record is None:
        return Desk(favourites=tuple(hits))
    home = record["home"] if isinstance(record["home"], dict) else {}
    scope = home.get("scope")
    return Desk(
        sidebar=_arrangement(record["sidebar"]), home=_arrangement(home), favourites=tuple(hits),
        scope=scope if scope in SCOPES else "mine", knows_start=bool(record["knows_start"]),
    )  # fmt: skip


def _arrangement(stored: Any) -> Arrangement:
    """What lies in the record, which an API may have written: what is no name is left out."""
    known = stored if isinstance(stored, dict) else {}
    return Arrangement(**{name: names(known.get(name)) for name in ("groups", "order", "hidden", "closed")})


def names(given: Any) -> tuple[str, ...]:
    """Texts that may be names, each once."""
    found = given if isinstance(given, (list, tuple)) else ()
    kept = [one for one in found if isinstance(one, str) and 0 < len(one) <= _LONGEST and one.isprintable()]
    return tuple(dict.fromkeys(kept))[:_MOST]


async def _record(work: Workspace) -> Record | None:
    return await work.first("desk", owner=work.actor.user, order="created_at")


async def _starred(work: Workspace) -> list[tuple[UUID, Place]]:
    """Ids of favourites and what they are about."""
    query = Query(
        "favourite", order=parse_order("position,created_at"), fields=("id", "about", "owner"), limit=200, few=True
    )
    rows = (await work.query(query)).values()
    mine = [row for row in rows if row["owner"] == work.actor.user and row["about"] is not None]
    return [(row["id"], Place(row["about"].object, row["about"].id)) for row in mine]


async def arrange(work: Workspace, **values: Any) -> None:
    """Other values of the person's desk: sidebar or home (an Arrangement), scope, knows_start."""
    before = await _read(work)
    after = msgspec.structs.replace(before, **values)
    stored = {
        "sidebar": msgspec.to_builtins(after.sidebar), "knows_start": after.knows_start,
        "home": {**msgspec.to_builtins(after.home), "scope": after.scope},
    }  # fmt: skip
    record = await _record(work)
    if record is None:
        await work.create("desk", stored)
    else:
        await work.change(record, stored)
    _forget(work)


async def star(work: Workspace, object_name: str, key: UUID) -> None:
    """Keep a record at hand; once is enough. NotFound for one that the person can't see, LimitReached beyond 50."""
    await work.get(object_name, key)
    starred = await _starred(work)
    if any(place.id == key for _id, place in starred):
        return
    if len(starred) >= MAX_FAVOURITES:
        raise LimitReached(
            _("You have %(n)s favourites already.") % {"n": MAX_FAVOURITES}, code="too_many_favourites",
            hint=_("Take the star off one that you need no more."),
        )  # fmt: skip
    values = {"object": object_name, "about": AnyTarget(object_name, key), "position": len(starred)}
    await work.create("favourite", values)
    _forget(work)


async def unstar(work: Workspace, key: UUID) -> None:
    """No favourite any more, also where the record can't be seen any longer."""
    for found, place in await _starred(work):
        if place.id == key:
            await work.delete(("favourite", found))
    _forget(work)


def arranged(found: Iterable[str], order: tuple[str, ...]) -> list[str]:
    """Names in the person's order; those that came later follow as they came."""
    rank = {name: at for at, name in enumerate(order)}
    return sorted(found, key=lambda name: rank.get(name, len(rank)))
