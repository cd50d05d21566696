"""The layout editor: what a record's page, its lists and its board show, for everybody or for one role."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.layout import Layout, layout_name
from relata.engine.metadata.object import Object
from relata.engine.ui.facts import Fact, Facts
from relata.engine.ui.record_page import record_page
from relata.engine.ui.related import RelatedList, related, related_lists
from relata.engine.workspace import overview
from relata.engine.workspace.layouts import check_layout, cleaned
from relata.engine.workspace.viewing import viewed_as
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import (
    Form,
    Refused,
    frame,
    last,
    office,
    options,
    settled,
    status_of,
    text,
)
from relata.interfaces.web.settings.layout_editor import LayoutPage, RoleLink, editor_of
from relata.interfaces.web.settings.layout_form import read_layout

_PLACE = "/settings/objects"
#: Records that the preview offers, the newest ones.
_RECORDS = 25


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A record's page in short. tabs: their names, as far as they show. message: why there is nothing to see."""

    message: str = ""
    title: str = ""
    icon: str = "box"
    highlights: tuple[Fact, ...] = ()
    sections: tuple[Facts, ...] = ()
    related: tuple[RelatedList, ...] = ()
    tabs: tuple[str, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit, name: str, role: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _page(web, request, work, name, role, form, error)
            return web.page(work, "web/settings/layout.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{name:str}}/layout")
    async def page(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await show(request, name, request.query_params.get("role", ""))

    @post(f"{_PLACE}/{{name:str}}/layout")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        role = last(form, "role")

        async def attempt() -> str:
            raw = await web.within(request, lambda work: _raw(work, name, role, form))
            await (await office(web, request)).put("layout", layout_name(name, role), raw)
            return f"{_address(name, role)}{'&' if role else '?'}done=saved"

        return await settled(attempt, lambda error: show(request, name, role, form, error))

    @post(f"{_PLACE}/{{name:str}}/layout/reset")
    async def reset(request: Visit, name: FromPath[str]) -> Response[bytes]:
        role = last(await posted(request), "role")

        async def attempt() -> str:
            await (await office(web, request)).delete("layout", layout_name(name, role))
            return f"{_address(name, role)}{'&' if role else '?'}done=reset"

        return await settled(attempt, lambda error: show(request, name, role, None, error))

    @post(f"{_PLACE}/{{name:str}}/layout/preview")
    async def preview(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def build(work: Workspace) -> Response[bytes]:
            view = await _preview(work, name, form)
            return web.page(work, "web/settings/layout_preview.html", view)

        return await web.within(request, build)

    return [page, save, reset, preview]


def _address(name: str, role: str) -> str:
    return f"{_PLACE}/{name}/layout" + (f"?role={quote(role)}" if role else "")


async def _raw(work: Workspace, name: str, role: str, form: Form) -> dict[str, Any]:
    one = overview.configured_object(work, name)
    return read_layout(work.registry, one, form, work.registry.layout(name, (role,) if role else ()).board)


async def _page(
    web: Web, request: Visit, work: Workspace, name: str, role: str, form: Form | None, error: Refused | None
) -> LayoutPage:
    one = overview.configured_object(work, name)
    if role and role not in work.registry.roles:
        raise NotFound(_("There is no such role."), code="unknown_role")
    own = {definition.name for definition in work.context.of_kind("layout")}
    is_own = layout_name(name, role) in own
    layout = _existing(work, one, role) if form is None else _draft(work, one, role, form)
    named = layout.related if form is not None or layout.no_related else _shown_related(work, one, layout)
    return LayoutPage(
        **frame(web, request, work, _PLACE, _("%(object)s: layout") % {"object": one.title_plural}, error=error),
        **editor_of(work.registry, one, layout, named),
        name=one.name,
        role=role,
        roles=(
            RoleLink(_("Everybody"), _address(name, ""), not role, name in own),
            *(
                RoleLink(found.title, _address(name, key), key == role, layout_name(name, key) in own)
                for key, found in work.registry.roles.items()
            ),
        ),
        own=is_own,
        inherits=bool(role) and not is_own,
        look=await _look(work, one, role),
    )


def _existing(work: Workspace, one: Object, role: str) -> Layout:
    """What is stored or shipped, without what is gone: it is only lost when somebody saves."""
    layout = work.registry.layout(one.name, (role,) if role else ())

    def fits(path: str) -> bool:
        field = one.field(path.partition(".")[0])
        return field is not None and not field.hidden

    return cleaned(work.registry, one, layout, fits)


def _draft(work: Workspace, one: Object, role: str, form: Form) -> Layout:
    board = work.registry.layout(one.name, (role,) if role else ()).board
    try:
        return msgspec.convert(read_layout(work.registry, one, form, board), Layout, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(_("This does not fit: %(problem)s.") % {"problem": error}, code="definition") from error


def _shown_related(work: Workspace, one: Object, layout: Layout) -> tuple[str, ...]:
    """The lists of the first page by name: an empty list stands for all that no tab has."""
    if layout.related:
        return layout.related
    of_tabs = {name for tab in layout.tabs for name in tab.related}
    shown = related_lists(viewed_as(work, draft=layout), one)
    return tuple(found.name for found in shown if found.name not in of_tabs)


async def _look(work: Workspace, one: Object, role: str) -> tuple[FormField, ...]:
    """Whose eyes the preview has, and on which record."""
    roles = [(name, found.title) for name, found in work.registry.roles.items()]
    found = await work.find(one.name, order="-created_at", limit=_RECORDS) if _may_read(work, one) else []
    records = [(str(record.id), record.title or _("Untitled")) for record in found]
    return (
        text("as", _("View as"), role, kind="choice", options=options(roles), placeholder=_("Yourself")),
        text(
            "record",
            _("Record"),
            records[0][0] if records else "",
            kind="choice",
            options=options(records),
            required=True,
        ),
    )


def _may_read(work: Workspace, one: Object) -> bool:
    return bool(work.actor.rights.level(one, "read"))


async def _preview(work: Workspace, name: str, form: Form) -> Preview:
    one = overview.configured_object(work, name)
    record = parse_id(last(form, "record"))
    if record is None:
        return Preview(message=_("There is no record to show yet. Make one, and come back."))
    role = last(form, "as")
    try:
        draft = _draft(work, one, last(form, "role"), form)
        check_layout(work.registry, name, draft)
        seen = viewed_as(work, role, draft)
        found = await record_page(seen, one, record)
    except Invalid as error:
        return Preview(message=f"{error.message} {error.hint or ''}".strip())
    except (Denied, NotFound):
        return Preview(message=_("This role may not see this record."))
    return Preview(
        title=found.title, icon=one.icon, highlights=found.highlights, sections=found.sections,
        related=await related(seen, one, found.record),
        tabs=tuple(tab.title for tab in seen.layout(one.name).tabs),
    )  # fmt: skip
