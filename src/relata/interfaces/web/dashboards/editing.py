"""Dashboards themselves: making, naming, copying, deleting them, their tabs and what their readers may filter by."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.access.principals import EVERYBODY
from relata.engine.metadata.fields import Choice, Link
from relata.engine.reporting.dashboards import shelf
from relata.engine.reporting.dashboards.body import Body, Filter, Tab, read, write
from relata.engine.reporting.dashboards.periods import labels
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.dashboards.asked import PLACE
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, redirect

_TABS_MOST = 12


class BoardDialog(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog of a dashboard."""

    title: str
    action: str
    csrf: str
    submit: str
    fields: tuple[FormField, ...]
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of whole dashboards."""

    @get(f"{PLACE}/new")
    async def ask_new(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return _dialog(web, request, work, f"{PLACE}/new", _naming("", ""), _("New dashboard"), _("Create"))

        return await web.within(request, show)

    @post(f"{PLACE}/new")
    async def make(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def create(work: Workspace) -> str:
            made = await shelf.make(work, _last(form, "name"), _last(form, "description"))
            if _last(form, "audience") == "everybody":
                await work.sharing.grant(made, EVERYBODY)
            return f"{PLACE}/{made.id}?edit=1"

        try:
            return redirect(await web.within(request, create, read_only=False), request)
        except Invalid as error:
            problem = error
        fields = _naming(_last(form, "name"), _last(form, "description"))

        async def again(work: Workspace) -> Response[bytes]:
            return _dialog(web, request, work, f"{PLACE}/new", fields, _("New dashboard"), _("Create"), problem)

        return await web.within(request, again)

    @post(f"{PLACE}/{{key:str}}/copy")
    async def copy(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def double(work: Workspace) -> str:
            made = await shelf.copy(work, key)
            return f"{PLACE}/{made.id}?edit=1"

        return redirect(await web.within(request, double, read_only=False), request)

    @post(f"{PLACE}/{{key:str}}/delete")
    async def delete(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def remove(work: Workspace) -> str:
            await shelf.remove(work, key)
            return f"/dashboards?view=all&undo={key}"

        return redirect(await web.within(request, remove, read_only=False), request)

    @get(f"{PLACE}/{{key:str}}/settings")
    async def ask(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            board = await shelf.board(work, key)
            fields = (*_naming(board.name, board.description)[:2], *_choices(work, board.body))
            return _dialog(web, request, work, f"{PLACE}/{key}/settings", fields, _("Dashboard"), _("Save"))

        return await web.within(request, show)

    @post(f"{PLACE}/{{key:str}}/settings")
    async def change(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def keep(work: Workspace) -> str:
            board = await shelf.board(work, key)
            await shelf.rename(work, key, _last(form, "name"), _last(form, "description"))
            await shelf.save(work, key, read(write(_changed(board.body, form))))
            return f"{PLACE}/{key}?edit=1"

        try:
            return redirect(await web.within(request, keep, read_only=False), request)
        except Invalid as error:
            problem = error

        async def again(work: Workspace) -> Response[bytes]:
            board = await shelf.board(work, key)
            fields = (*_naming(_last(form, "name"), _last(form, "description"))[:2], *_choices(work, board.body))
            action = f"{PLACE}/{key}/settings"
            return _dialog(web, request, work, action, fields, _("Dashboard"), _("Save"), problem)

        return await web.within(request, again)

    return [ask_new, make, copy, delete, ask, change]


def _naming(name: str, description: str) -> tuple[FormField, ...]:
    return (
        FormField(name="name", label=_("Name"), value=name, required=True, autofocus=True, max_length=120),
        FormField(name="description", label=_("Whom it helps"), value=description, max_length=1000),
        FormField(
            name="audience", label=_("Who sees it"), kind="radio", value="me",
            options=(Option(value="me", label=_("Only me")), Option(value="everybody", label=_("Everybody"))),
            help=_("Share it with roles, teams or people later. Everybody sees their own numbers in it."),
        ),
    )  # fmt: skip


def _choices(work: Workspace, body: Body) -> tuple[FormField, ...]:
    spans = tuple(Option(value=name, label=label) for name, label in labels().items())
    tabs = "\n".join(tab.label for tab in body.tabs)
    return (
        FormField(
            name="period", label=_("Opens with"), kind="choice", value=body.period,
            options=(Option(value="", label=_("All time")), *spans),
        ),
        FormField(name="by_owner", label=_("Readers may choose a person"), kind="boolean", value=body.by_owner),
        FormField(name="by_team", label=_("Readers may choose a team"), kind="boolean", value=body.by_team),
        FormField(
            name="filters", label=_("Further filters"), kind="choices",
            value=tuple(f"{one.object}.{one.path}" for one in body.filters), options=_filterable(work, body),
        ),
        FormField(
            name="tabs", label=_("Tabs"), kind="long_text", value=tabs, rows=max(2, len(body.tabs)),
            help=_("One line for each. A line less takes the last tab away, as long as it is empty."),
        ),
    )  # fmt: skip


def _filterable(work: Workspace, body: Body) -> tuple[Option, ...]:
    """Choices and links of the objects that the cards are about."""
    names = {card.definition.object for tab in body.tabs for card in tab.cards if card.definition is not None}
    names |= {one.object for one in body.filters}
    names = names or {one.name for one in work.registry.objects.values() if one.nav}
    found = []
    for name in sorted(names):
        one = work.registry.objects.get(name)
        if one is None or not work.actor.rights.level(one, "read"):
            continue
        for field in one.all_fields.values():
            is_owner = field.name in ("owner", "team", "created_by", "changed_by")
            if field.hidden or is_owner or not work.actor.readable(one, field):
                continue
            if isinstance(field, Choice) or (isinstance(field, Link) and field.to in work.registry.objects):
                found.append(Option(value=f"{name}.{field.name}", label=f"{one.title}: {field.title}"))
    return tuple(found[:80])


def _changed(body: Body, form: dict[str, list[str]]) -> Body:
    pairs = [text.partition(".") for text in form.get("filters", ()) if "." in text]
    labels_now = [line.strip()[:60] for line in _last(form, "tabs").splitlines()][:_TABS_MOST] or [""]
    tabs = [msgspec.structs.replace(tab, label=labels_now[at] if at < len(labels_now) else tab.label)
            for at, tab in enumerate(body.tabs)]  # fmt: skip
    tabs += [Tab(label=label) for label in labels_now[len(tabs) :] if label]
    while len(tabs) > max(len(labels_now), 1) and not tabs[-1].cards:
        tabs.pop()
    return msgspec.structs.replace(
        body, tabs=tuple(tabs), period=_last(form, "period"), by_owner=bool(_last(form, "by_owner")),
        by_team=bool(_last(form, "by_team")),
        filters=tuple(Filter(object=name, path=path) for name, _dot, path in pairs)[:6],
    )  # fmt: skip


def _dialog(
    web: Web, request: Visit, work: Workspace, action: str, fields: tuple[FormField, ...], title: str, submit: str,
    error: Invalid | None = None,
) -> Response[bytes]:  # fmt: skip
    errors = {one.field: f"{one.message} {one.hint or ''}".strip() for one in error.problems} if error else {}
    shown = tuple(msgspec.structs.replace(one, error=errors.get(one.name, "")) for one in fields)
    known = {one.name for one in fields}
    rest = "" if error is None or set(errors) & known else error.message
    view = BoardDialog(
        title=title, action=action, csrf=exchange(request).csrf_token(), submit=submit, fields=shown, error=rest
    )
    return web.page(work, "web/dashboards/dialog.html", view, status=422 if error else 200)


def _last(form: dict[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[-1].strip()
