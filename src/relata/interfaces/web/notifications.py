"""The notifications centre, the button that follows a record, and whom one may mention."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.collaboration import centre
from relata.engine.collaboration.following import follow, is_following, unfollow
from relata.engine.collaboration.mentionable import Mentionable, mentionable
from relata.engine.ui.values import record_href
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, formatter, record_id, redirect

_ICONS = {
    "mention": "at-sign", "assignment": "user-check", "comment": "message-square", "followed": "eye",
    "reminder": "alarm-clock", "system": "info", "approval": "badge-check",
}  # fmt: skip
#: More than this is written as 99+.
_MOST_SHOWN = 99


class Tab(msgspec.Struct, frozen=True, kw_only=True):
    """A filter."""

    label: str
    href: str
    current: bool
    count: int | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One notification as it is shown."""

    id: str
    icon: str
    text: str
    href: str
    by: str
    by_id: str
    at: datetime
    is_read: bool


class CentreView(msgspec.Struct, frozen=True, kw_only=True):
    """The page, its list alone, and the panel. show: the filter. here: the address that answers the list again."""

    shell: Shell
    tabs: tuple[Tab, ...]
    lines: tuple[Line, ...]
    unread: int
    show: str
    here: str
    next: str


class FollowView(msgspec.Struct, frozen=True, kw_only=True):
    """The button in a record's header."""

    following: bool
    path: str


class People(msgspec.Struct, frozen=True):
    """Whom one may mention."""

    people: list[Mentionable]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the centre, of following and of mentions."""
    return [*_centre(web), *_acts(web), *_following(web)]


def _centre(web: Web) -> list[HTTPRouteHandler]:
    async def shown(request: Visit, template: str) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, template, await _view(web, request, work))

        return await web.within(request, show)

    @get("/notifications")
    async def page(request: Visit) -> Response[bytes]:
        return await shown(request, "web/notifications.html")

    @get("/notifications/list")
    async def lines(request: Visit) -> Response[bytes]:
        return await shown(request, "web/notification_list.html")

    @get("/notifications/panel")
    async def panel(request: Visit) -> Response[bytes]:
        return await shown(request, "web/notification_panel.html")

    @get("/notifications/unread")
    async def unread(request: Visit) -> Response[bytes]:
        async def count(work: Workspace) -> Response[bytes]:
            found = await centre.unread(work)
            body = msgspec.json.encode({"unread": found, "shown": _count(found, work)})
            return Response(body, media_type="application/json", headers={"cache-control": "no-store"})

        return await web.within(request, count)

    return [page, lines, panel, unread]


def _acts(web: Web) -> list[HTTPRouteHandler]:
    async def then_list(request: Visit) -> Response[bytes]:
        """The list as it is now; for a form without a script the page."""
        if not request.headers.get("hx-request"):
            return redirect("/notifications")

        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/notification_list.html", await _view(web, request, work))

        return await web.within(request, show)

    @post("/notifications/read-all")
    async def read_all(request: Visit) -> Response[bytes]:
        await web.within(request, centre.mark_all, read_only=False)
        return await then_list(request)

    @post("/notifications/{key:str}/read")
    async def read(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: centre.mark(work, record_id(key), read=True), read_only=False)
        return await then_list(request)

    @post("/notifications/{key:str}/unread")
    async def unread(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: centre.mark(work, record_id(key), read=False), read_only=False)
        return await then_list(request)

    @post("/notifications/{key:str}/snooze")
    async def snooze(request: Visit, key: FromPath[str]) -> Response[bytes]:
        until = ((await posted(request)).get("until") or [""])[0]
        await web.within(request, lambda work: centre.snooze(work, record_id(key), until), read_only=False)
        return await then_list(request)

    return [read_all, read, unread, snooze]


def _following(web: Web) -> list[HTTPRouteHandler]:
    async def button(work: Workspace, record: Record) -> Response[bytes]:
        path = f"/{record.object.path}/{record.id}"
        return web.page(work, "web/follow.html", FollowView(following=await is_following(work, record), path=path))

    @get("/{plural:str}/{key:str}/follow")
    async def state(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return await button(work, await work.get(work.registry.by_path(plural).name, record_id(key)))

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/follow")
    async def start(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def change(work: Workspace) -> Response[bytes]:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            await follow(work, record)
            return await button(work, record)

        return await web.within(request, change, read_only=False)

    @post("/{plural:str}/{key:str}/unfollow")
    async def end(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def change(work: Workspace) -> Response[bytes]:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            await unfollow(work, record)
            return await button(work, record)

        return await web.within(request, change, read_only=False)

    @get("/mentionable")
    async def people(request: Visit) -> Response[bytes]:
        """about: a record's address; q: a part of a name."""

        async def find(work: Workspace) -> Response[bytes]:
            plural, _slash, key = request.query_params.get("about", "").strip("/").partition("/")
            found = parse_id(key)
            record = await work.get(work.registry.by_path(plural).name, found) if found else None
            words = request.query_params.get("q", "")
            return web.page(
                work, "web/mentionable.html", People(await mentionable(work, web.door.actors, record, words))
            )

        return await web.within(request, find)

    return [state, start, end, people]


async def _view(web: Web, request: Visit, work: Workspace) -> CentreView:
    asked = request.query_params.get("show", "unread")
    show = asked if asked in centre.VIEWS else "unread"
    found, following = await centre.items(work, show, request.query_params.get("after", ""))
    waiting = await centre.unread(work)
    return CentreView(
        shell=web.shell(request, work, "notifications"),
        tabs=tuple(
            Tab(
                label=label, href=f"/notifications?show={name}", current=name == show,
                count=waiting if name == "unread" and waiting else None,
            )
            for name, label in _labels().items()
        ),
        lines=tuple(_line(work, one) for one in found),
        unread=waiting,
        show=show,
        here=f"/notifications/list?show={show}",
        next=f"/notifications?show={show}&after={following}" if following else "",
    )  # fmt: skip


def _labels() -> dict[str, str]:
    return {
        "unread": _("Unread"), "all": _("All"), "mention": _("Mentions"), "assignment": _("Assigned"),
        "comment": _("Comments"), "followed": _("Followed"), "reminder": _("Reminders"), "system": _("System"),
        "approval": _("Approvals"),
    }  # fmt: skip


def _line(work: Workspace, one: centre.Item) -> Line:
    has_record = one.about is not None and one.can_see
    return Line(
        id=str(one.id),
        icon=_ICONS.get(one.kind, "bell"),
        text=one.text if one.can_see else _("This was about something that you can no longer see."),
        href=record_href(work.registry, one.about.object, one.about.id) if has_record and one.about else "",
        by=one.by_name,
        by_id=str(one.by or ""),
        at=one.at,
        is_read=one.is_read,
    )


def _count(unread: int, work: Workspace) -> str:
    return f"{_MOST_SHOWN}+" if unread > _MOST_SHOWN else formatter(work).number(unread)
