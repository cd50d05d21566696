"""Saved views: making one of what is on the screen, saving, naming, copying, pinning and deleting it."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.access.principals import EVERYBODY
from relata.engine.metadata.object import Object
from relata.engine.ui import views
from relata.engine.ui.views import SavedView
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect
from relata.interfaces.web.looks import address, kind_address, shown_by

_VIEW = "/{plural:str}/views/{key:str}"


class ViewDialog(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog for a view's name. audience: for a new view, who sees it."""

    title: str
    action: str
    csrf: str
    submit: str
    fields: tuple[FormField, ...]
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of views."""

    @get("/{plural:str}/views/new")
    async def ask_new(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            shown = await shown_by(work, request, one)
            return _dialog(web, request, work, shown.href("/views/new"), "")

        return await web.within(request, show)

    @post("/{plural:str}/views/new")
    async def make(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        name, is_open = _last(form, "name"), _last(form, "audience") == "everybody"

        async def create(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            shown = await shown_by(work, request, one)
            made = await views.save_new(work, one, views.named(name), shown.look)
            if is_open:
                await work.sharing.grant(made, EVERYBODY)
            return await _opened(work, one, made.id)

        async def again(work: Workspace, error: Invalid) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            return _dialog(web, request, work, shown.href("/views/new"), name, error)

        try:
            return redirect(await web.within(request, create, read_only=False), request)
        except Invalid as error:
            problem = error
            return await web.within(request, lambda work: again(work, problem))

    @post(_VIEW + "/save")
    async def save(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def write(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            shown = await shown_by(work, request, one)
            await views.save(work, one, record_id(key), shown.look)
            return await _opened(work, one, record_id(key))

        return redirect(await web.within(request, write, read_only=False), request)

    @get(_VIEW + "/rename")
    async def ask_name(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found = await _found(work, plural, key)
            return _dialog(web, request, work, f"/{plural}/views/{found.id}/rename", found.name, is_new=False)

        return await web.within(request, show)

    @post(_VIEW + "/rename")
    async def rename(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        name = _last(await posted(request), "name")

        async def write(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await views.rename(work, one, record_id(key), views.named(name))
            return await _opened(work, one, record_id(key))

        async def again(work: Workspace, error: Invalid) -> Response[bytes]:
            action = f"/{work.registry.by_path(plural).path}/views/{record_id(key)}/rename"
            return _dialog(web, request, work, action, name, error, is_new=False)

        try:
            return redirect(await web.within(request, write, read_only=False), request)
        except Invalid as error:
            problem = error
            return await web.within(request, lambda work: again(work, problem))

    @post(_VIEW + "/duplicate")
    async def duplicate(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def copy(work: Workspace) -> str:
            found = await _found(work, plural, key)
            name = _("Copy of %(name)s") % {"name": found.name}
            one = work.registry.by_path(plural)
            made = await views.save_new(work, one, name[:80], found.look)
            return await _opened(work, one, made.id)

        return redirect(await web.within(request, copy, read_only=False), request)

    @post(_VIEW + "/keep")
    async def keep(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        """Pinned or not, default or not; `pinned` and `default` are `yes` or `no`."""
        form = await posted(request)

        async def write(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await views.keep(
                work, one, record_id(key), pinned=_yes(_last(form, "pinned")), default=_yes(_last(form, "default"))
            )
            return await _opened(work, one, record_id(key))

        return redirect(await web.within(request, write, read_only=False), request)

    @post(_VIEW + "/delete")
    async def delete(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def remove(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await views.remove(work, one, record_id(key))
            return address(one, "", {"view": "all", "gone": str(record_id(key)), "done": "deleted"})

        return redirect(await web.within(request, remove, read_only=False), request)

    @post(_VIEW + "/restore")
    async def restore(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def bring_back(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await work.restore(("view", record_id(key)))
            views.forget(work)
            return await _opened(work, one, record_id(key))

        return redirect(await web.within(request, bring_back, read_only=False), request)

    return [ask_new, make, save, ask_name, rename, duplicate, keep, delete, restore]


def _last(form: dict[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[-1].strip()


def _yes(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


async def _opened(work: Workspace, one: Object, key: UUID) -> str:
    """The page of the view's kind, with the view as it is now."""
    view = (await views.shelf(work, fresh=True)).view(one, key)
    return f"{kind_address(one, view)}&done=saved"


async def _found(work: Workspace, plural: str, key: str) -> SavedView:
    one = work.registry.by_path(plural)
    return (await views.shelf(work, fresh=True)).view(one, record_id(key))


def _dialog(
    web: Web,
    request: Visit,
    work: Workspace,
    action: str,
    name: str,
    error: Invalid | None = None,
    *,
    is_new: bool = True,
) -> Response[bytes]:
    errors = (
        {problem.field: f"{problem.message} {problem.hint or ''}".strip() for problem in error.problems}
        if error
        else {}
    )
    fields = [
        FormField(
            name="name",
            label=_("Name"),
            value=name,
            error=errors.pop("name", ""),
            required=True,
            autofocus=True,
            max_length=80,
        )
    ]
    if is_new:
        audience = (Option(value="me", label=_("Only me")), Option(value="everybody", label=_("Everybody")))
        fields.append(
            FormField(
                name="audience",
                label=_("Who sees it"),
                kind="radio",
                value="me",
                options=audience,
                help=_("Share it with roles, teams or people later, in the view's menu."),
            )
        )
    rest = " ".join(errors.values()) or (error.message if error and not error.problems else "")
    view = ViewDialog(
        title=_("Save as a view") if is_new else _("Rename the view"),
        action=action,
        csrf=exchange(request).csrf_token(),
        submit=_("Save view") if is_new else _("Rename"),
        fields=tuple(fields),
        error=rest,
    )
    return web.page(work, "web/view_dialog.html", view, status=422 if error else 200)
