"""Why a record is where it is, on its page: the chip with the time that is left, and the dialog with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.assignment.assigning import take
from relata.engine.formula import Binary, Literal, Path, all_of, parse
from relata.engine.rules.assignment import way_label
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Visit, Web, record_id, redirect


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one candidate."""

    name: str
    word: str
    is_chosen: bool
    figures: str


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule said. meaning: as a status has it."""

    label: str
    way: str
    word: str
    meaning: str
    people: tuple[Person, ...]
    needed: str = ""


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is waited for, or was given. meaning: as a status has it."""

    word: str
    due: datetime
    meaning: str


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """What the header of a record says. take: where to post to take it out of its queue; "" where that is not
    offered. why: address of the dialog."""

    label: str
    why: str
    take: str = ""
    clock: Clock | None = None


class WhyView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog: the assignments of a record, the latest first."""

    title: str
    items: tuple[tuple[Record, tuple[Reason, ...]], ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the dialog."""

    @get("/{plural:str}/{key:str}/assigned")
    async def why(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            found = await work.find("assignment", of(record.object.name, record.id), order="-created_at", limit=10)
            items = tuple((one, reasons(one["why"] or {})) for one in found)
            return web.page(work, "web/assigned.html", WhyView(title=record.title, items=items))

        return await web.within(request, build)

    @post("/{plural:str}/{key:str}/take")
    async def take_it(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def run(work: Workspace) -> str:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            where = all_of([of(record.object.name, record.id), parse('state = "waiting"')])
            found = await work.first("assignment", where, order="-created_at")
            if found is None:
                raise Conflict(_("Somebody has taken this already."), code="taken", hint=_("Load the page again."))
            await take(work, found.id)
            return f"/{record.object.path}/{record.id}"

        return redirect(await web.within(request, run, read_only=False), request)

    return [why, take_it]


def of(object_name: str, record: UUID) -> Any:
    """The condition that something is about this record."""
    return all_of(
        [
            Binary("=", Path(("about",)), Literal(str(record))),
            Binary("=", Path(("about", "object")), Literal(object_name)),
        ]
    )


async def placement_of(work: Workspace, record: Record, path: str) -> Placement | None:
    """What the header says; None for what no rule ever touched. Records of objects without rules cost no statement."""
    name = record.object.name
    if name not in work.registry.assigned or record.is_deleted:
        return None
    about = of(name, record.id)
    found = await work.find("assignment", all_of([about, _open()]), order="-created_at", limit=1)
    clocks = await work.find("response_clock", about, order="-created_at", limit=1)
    if not found and not clocks:
        return None
    waiting = bool(found) and found[0]["state"] == "waiting"
    return Placement(
        label=_("Waits in a queue") if waiting else _("By the rules"),
        why=f"{path}/assigned",
        take=f"{path}/take" if waiting else "",
        clock=clock_of(clocks[0], work.clock.now) if clocks else None,
    )


def _open() -> Any:
    return Binary("!=", Path(("state",)), Literal("over"))


def clock_of(record: Record, now: datetime) -> Clock | None:
    """How the clock stands; None for one that ended, or was answered in time."""
    if record["ended_at"] is not None or (record["met_at"] is not None and not record["missed"]):
        return None
    if record["met_at"] is not None:
        return Clock(word=_("Answered late"), due=record["due"], meaning="neutral")
    if record["missed"] or record["due"] <= now:
        return Clock(word=_("Answer overdue"), due=record["due"], meaning="bad")
    half = record["started"] + (record["due"] - record["started"]) / 2
    return Clock(word=_("Answer due"), due=record["due"], meaning="warning" if now > half else "information")


def reasons(why: Mapping[str, Any]) -> tuple[Reason, ...]:
    """The explanation in words."""
    return tuple(_reason(one) for one in why.get("rules", ()))


def _reason(one: Mapping[str, Any]) -> Reason:
    words = {
        "no": (_("Its condition does not hold"), "neutral"),
        "nobody": (_("It holds, but nobody is to be had"), "warning"),
        "chosen": (_("It decided"), "good"),
        "escalated": (_("No answer in time, so it was passed on"), "bad"),
    }
    word, meaning = words.get(one["word"], (one["word"], "neutral"))
    if one["word"] == "chosen" and one.get("row"):
        word = _("Row %(num)s of the table fits") % {"num": one["row"]}
    if one.get("fallback"):
        word = _("Nobody is to be had, so it goes where such records go")
    way = way_label(one["way"]) if one.get("way") else ""
    people = tuple(_person(each) for each in one.get("people", ()))
    return Reason(
        label=one["label"], way=way, word=word, meaning=meaning, people=people, needed=", ".join(one.get("needed", ()))
    )


def _person(one: Mapping[str, Any]) -> Person:
    detail = one.get("detail", "")
    words = {
        "chosen": _("Chosen"),
        "next": _("Others came first"),
        "away": _("Away until %(day)s") % {"day": detail},
        "full": _("Has %(num)s records, which is all that fits") % {"num": detail},
        "inactive": _("Does not work here any more"),
        "unskilled": _("Does not know: %(skills)s") % {"skills": detail},
    }
    figures = []
    if one.get("load") is not None:
        figures.append(_("%(num)s open") % {"num": one["load"]})
    if one.get("share") is not None:
        figures.append(_("%(num)s turns before") % {"num": f"{one['share']:g}"})
    return Person(
        name=one["name"], word=words.get(one["word"], one["word"]), is_chosen=one["word"] == "chosen",
        figures=" · ".join(figures),
    )  # fmt: skip
