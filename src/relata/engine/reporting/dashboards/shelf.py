"""The dashboards that somebody may see, and what they do with them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.metadata.wording import worded
from relata.engine.query.request import Query, parse_order
from relata.engine.reporting.dashboards import body as bodies
from relata.engine.reporting.dashboards.body import Body
from relata.engine.reporting.dashboards.shipped import Shipped, shipped
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

_MOST = 300


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A dashboard. key: the record's id, or the key of a shipped one. may_change: whether this person may. version: of
    the record, 0 for a shipped one. roles: whose members start with it."""

    key: str
    name: str
    description: str
    body: Body
    owner: UUID | None = None
    may_change: bool = False
    version: int = 0
    roles: tuple[str, ...] = ()

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with a module."""
        return parse_id(self.key) is None


async def boards(work: Workspace) -> tuple[Board, ...]:
    """Kept ones first, then those that come with modules."""
    fields = ("id", "name", "description", "owner", "version")
    query = Query("dashboard", order=parse_order("position,name"), fields=fields, limit=_MOST, few=True)
    kept = [
        Board(
            key=str(row["id"]), name=row["name"], description=row["description"] or "", body=Body(),
            owner=row["owner"], version=row["version"],
        )
        for row in (await work.query(query)).values()
    ]  # fmt: skip
    return (*kept, *map(_of_module, shipped(work)))


async def board(work: Workspace, key: str) -> Board:
    """One of them; NotFound for a hidden one or none."""
    found = parse_id(key)
    if found is None:
        for one in shipped(work):
            if one.key == key:
                return _of_module(one)
        raise NotFound(_("There is no such dashboard."), hint=_("It may belong to a module that is switched off."))
    record = await work.get("dashboard", found)
    return Board(
        key=str(record.id), name=record["name"], description=record["description"] or "",
        body=bodies.read(record["body"]), owner=record["owner"], version=record.version,
        may_change=await work.may(record, "change"),
    )  # fmt: skip


def _of_module(one: Shipped) -> Board:
    return Board(key=one.key, name=one.title, description=one.advice, body=one.body, roles=one.roles)


async def first_board(work: Workspace) -> str:
    """The key of the dashboard that the person starts with: their choice, else one of their role, else none."""
    for choice in await work.find("dashboard_choice", is_default=True):
        if choice["owner"] == work.actor.user:
            return str(choice["dashboard"] or choice["shipped"] or "")
    person = await work.cached_get("user", work.actor.user) if work.actor.user else None
    mine = set(person["roles"] or ()) if person is not None else set()
    return next((one.key for one in shipped(work) if mine & set(one.roles)), "")


async def start_with(work: Workspace, key: str) -> None:
    """The person's dashboards open with this one from now on."""
    one = await board(work, key)
    for choice in await work.find("dashboard_choice"):
        if choice["owner"] == work.actor.user:
            await work.delete(choice)
    link = None if one.is_shipped else parse_id(one.key)
    await work.create("dashboard_choice", {"dashboard": link, "shipped": key if one.is_shipped else None})


async def make(work: Workspace, name: str, description: str = "", body: Body | None = None) -> Record:
    """A new dashboard of the person's own."""
    values = {"name": _named(name), "description": description or None, "body": bodies.write(body or Body())}
    return await work.create("dashboard", values)


async def copy(work: Workspace, key: str) -> Record:
    """One's own, which begins as that one is now."""
    one = await board(work, key)
    name = _("Copy of %(name)s") % {"name": one.name}
    body = _in_words(one.body) if one.is_shipped else one.body
    record = await make(work, name[:120], one.description, body)
    if one.is_shipped:
        await work.as_system().change(record, {"copied_from": key})
    return record


async def save(work: Workspace, key: str, body: Body, version: int | None = None) -> Record:
    """The dashboard with another body. Denied where it is open for reading only; Conflict where somebody was faster."""
    return await work.change(("dashboard", _id(key)), {"body": bodies.write(body)}, expect=version)


async def rename(work: Workspace, key: str, name: str, description: str) -> None:
    """Under another name."""
    await work.change(("dashboard", _id(key)), {"name": _named(name), "description": description or None})


async def remove(work: Workspace, key: str) -> None:
    """Into the bin."""
    await work.delete(("dashboard", _id(key)))


def _id(key: str) -> UUID:
    found = parse_id(key)
    if found is None:
        raise Invalid(
            _("This dashboard comes with a module and stays as it is."), code="shipped_dashboard",
            hint=_("Copy it; the copy is yours to change."),
        )  # fmt: skip
    return found


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid.of([Problem("required", _("Give the dashboard a name."), "name", _("Such as: My quarter."))])
    return name.strip()


def _in_words(body: Body) -> Body:
    """A shipped body with its labels in the language of who copies it."""
    tabs = tuple(
        msgspec.structs.replace(
            tab, label=worded(tab.label) if tab.label else "",
            cards=tuple(
                msgspec.structs.replace(card, title=worded(card.title) if card.title else "") for card in tab.cards
            ),
        )
        for tab in body.tabs
    )  # fmt: skip
    return msgspec.structs.replace(body, tabs=tabs)
