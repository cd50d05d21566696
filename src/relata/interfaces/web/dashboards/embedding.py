"""Showing a dashboard or a report on another site: the dialog that makes a link, and the pages behind it. They need no
session, lead nowhere, and show what the link's role may see of what its maker may see. A report is shown like a
dashboard of one card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity import tokens
from relata.engine.reporting.dashboards.body import COLUMNS, Body, Card, Tab
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.dashboards.shelf import Board, board
from relata.engine.reporting.reports.shelf import report
from relata.engine.workspace.record import Record
from relata.engine.workspace.viewing import viewed_as
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Expired, Invalid, NotFound, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speak
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.http.security_headers import POLICY
from relata.interfaces.web.dashboards.asked import PLACE, Asked, asked_of, card_of
from relata.interfaces.web.dashboards.cards import CardView, card_view
from relata.interfaces.web.dashboards.pages import Tile, tiles_of
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id

T = TypeVar("T")
Form = dict[str, list[str]]
_OUTSIDE, _REPORT = "/embedded", "/report"
#: Rows of a dashboard that a report has for itself.
_HIGH = 8


class EmbedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A link that is open. sites: where it may stand."""

    role: str
    sites: str
    stop: str


class EmbedView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. link: of a new one, shown once."""

    title: str
    action: str
    csrf: str
    lines: tuple[EmbedLine, ...]
    fields: tuple[FormField, ...]
    link: str = ""
    error: str = ""


class FrameView(msgspec.Struct, frozen=True, kw_only=True):
    """The page in the frame."""

    name: str
    tiles: tuple[Tile, ...]
    language: str
    direction: str = "ltr"
    theme: str = "auto"


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of embedding."""

    inside = [*_dialogs(web, PLACE), *_dialogs(web, _REPORT)]

    async def framed(token: str, attempt: Callable[[Workspace, Asked, Record], Awaitable[T]]) -> T:
        """As the role of the link, within what its maker may see; nothing where the link has ended."""
        async with web.database.read() as connection:
            found = await tokens.peek(connection, "embed", token)
        if found.workspace is None or found.user is None or found.about is None:
            raise Expired(_("This link is no longer valid."), code="embed_link")
        about: UUID = found.about

        async def run(work: Workspace) -> T:
            speak(work.actor.locale)
            record = await work.get("dashboard_embed", about)
            return await attempt(viewed_as(work, record["role"]), await _asked(work, record), record)

        return await web.door.run(await web.door.key_of(found.workspace), found.user, run, via="form", read_only=True)

    @get(f"{_OUTSIDE}/{{token:str}}")
    async def page(request: Visit, token: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace, found: Asked, record: Record) -> Response[bytes]:
            base = f"{_OUTSIDE}/{token}"
            tiles = tuple(msgspec.structs.replace(one, href=f"{base}/cards/{one.id}") for one in tiles_of(work, found))
            view = FrameView(name=found.board.name, tiles=tiles, language=work.actor.locale)
            sites = " ".join(("'self'", *(record["sites"] or "").split()))
            policy = POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {sites}")
            headers = {"content-security-policy": policy, "referrer-policy": "no-referrer"}
            return web.page(work, "web/dashboards/frame.html", view, headers=headers)

        return await framed(token, build)

    @get(f"{_OUTSIDE}/{{token:str}}/cards/{{name:str}}")
    async def card(request: Visit, token: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace, found: Asked, record: Record) -> Response[bytes]:
            one, path = card_of(found, name), f"{_OUTSIDE}/{token}/cards/{name}"
            try:
                view = await card_view(request, work, found, one, lambda where, name="": "")
            except RelataError as error:
                view = CardView(card=one, path=path, error=error.message)
            bare = msgspec.structs.replace(view, path=path, open="", switch="", why="", export="")
            return web.page(work, "web/dashboards/card.html", bare)

        return await framed(token, build)

    return [*inside, page, card]


def _dialogs(web: Web, place: str) -> list[HTTPRouteHandler]:
    """The handlers of the dialog, for dashboards or for reports. place: where these are."""

    async def show(request: Visit, key: str, *, link: str = "", error: RelataError | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _dialog(work, request, place, key, link, error)
            return web.page(work, "web/dashboards/embed.html", view, status=422 if error else 200)

        return await web.within(request, build)

    @get(f"{place}/{{key:str}}/embeds")
    async def ask(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key)

    @post(f"{place}/{{key:str}}/embeds", status_code=200)
    async def make(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form, credentials = await posted(request), web.person(request)

        async def create(work: Workspace) -> str:
            await _name(work, place, key)
            here = request.headers.get("hx-current-url", "").partition("?")[2][:1000] if place == PLACE else ""
            values = {
                **_of(place, key), "role": _last(form, "role"), "sites": _last(form, "sites") or None,
                "filters": here or None,
            }  # fmt: skip
            record = await work.create("dashboard_embed", values)
            text = await tokens.issue(
                work.unit.connection, "embed", account=credentials.account, workspace=credentials.workspace,
                user=credentials.user, about=record.id,
            )  # fmt: skip
            return f"{web.address}{_OUTSIDE}/{text}"

        try:
            link = await web.within(request, create, read_only=False)
        except (Invalid, NotFound) as error:
            return await show(request, key, error=error)
        return await show(request, key, link=link)

    @post(f"{place}/{{key:str}}/embeds/{{name:str}}/stop", status_code=200)
    async def stop(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def end(work: Workspace) -> None:
            await work.delete(("dashboard_embed", record_id(name)))
            await tokens.end_about(work.unit.connection, [record_id(name)])

        await web.within(request, end, read_only=False)
        return await show(request, key)

    return [ask, make, stop]


async def _asked(work: Workspace, record: Record) -> Asked:
    """What the link shows."""
    if record["report"]:
        found = await report(work, record["report"])
        card = Card(id="report", report=found.key, title=found.name, w=COLUMNS, h=_HIGH)
        board = Board(key="embedded", name=found.name, description="", body=Body(tabs=(Tab(cards=(card,)),)))
        return Asked(board=board, tab=0, period="", chosen=Chosen(), query={})
    query = dict(parse_qsl(record["filters"] or ""))
    query.pop("as", None)
    return (await asked_of(work, query, str(record["dashboard"] or record["shipped"])))[1]


def _of(place: str, key: str) -> dict[str, Any]:
    """How a link's record names what it shows."""
    found = parse_id(key)
    if place == _REPORT:
        return {"report": key}
    return {"dashboard": found} if found is not None else {"shipped": key}


async def _name(work: Workspace, place: str, key: str) -> str:
    """Of the dashboard or report; NotFound for a hidden one or none."""
    return (await report(work, key)).name if place == _REPORT else (await board(work, key)).name


async def _dialog(
    work: Workspace, request: Visit, place: str, key: str, link: str, error: RelataError | None
) -> EmbedView:
    name, roles = await _name(work, place, key), work.registry.roles
    problems = error.problems if isinstance(error, Invalid) else ()
    errors = {one.field: f"{one.message} {one.hint or ''}".strip() for one in problems}
    lines = tuple(
        EmbedLine(
            role=roles[one["role"]].title if one["role"] in roles else one["role"],
            sites=one["sites"] or _("Only on its own"), stop=f"{place}/{key}/embeds/{one.id}/stop",
        )
        for one in await work.find("dashboard_embed", **_of(place, key))
    )  # fmt: skip
    fields = (
        FormField(
            name="role", label=_("As this role sees it"), kind="choice", value="reader", required=True,
            options=tuple(Option(value=role.name, label=role.title) for role in roles.values()),
            help=_("Never more than you may see yourself. Whoever has the link sees it."),
        ),
        FormField(
            name="sites", label=_("Sites that may show it"), value="", error=errors.get("sites", ""),
            placeholder="https://intranet.example.com", help=_("Several with a space between them."),
        ),
    )  # fmt: skip
    return EmbedView(
        title=_("Show “%(name)s” elsewhere") % {"name": name}, action=f"{place}/{key}/embeds", lines=lines,
        csrf=exchange(request).csrf_token(), fields=fields, link=link,
        error=error.message if error is not None and not errors else "",
    )  # fmt: skip


def _last(form: Form, name: str) -> str:
    return (form.get(name) or [""])[-1].strip()
