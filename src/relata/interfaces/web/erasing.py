"""Erasing a person from their record's page: a dialog that says what goes and asks for the record's name."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.workspace.erasing import erase
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Bug
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.actions import ActionView
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect


def may_erase(work: Workspace, one: Object) -> bool:
    """Whether the record's page offers it: for those with the right, where fields are marked personal."""
    is_personal = any(field.sensitivity == "personal" for field in one.fields)
    return is_personal and work.actor.rights.permits("erase_records")


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The dialog and what it does."""

    @get("/{plural:str}/{key:str}/erase")
    async def ask(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        return await _dialog(web, request, plural, record_id(key))

    @post("/{plural:str}/{key:str}/erase")
    async def do(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        if asked := await confirmation(web, request, form):
            return asked
        typed = (form.get("confirm") or [""])[-1]
        if web.erasing is None:
            raise Bug("Nobody said where erasures are noted.")
        outside = web.erasing

        async def attempt(work: Workspace) -> bool:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key), deleted=None)
            if typed.strip().casefold() != record.title.strip().casefold():
                return False
            await erase(work, one.name, record.id, outside)
            return True

        if await web.within(request, attempt, read_only=False):
            return redirect(f"/{plural}/{key}", request)
        return await _dialog(web, request, plural, record_id(key), _("This is not the name of the record."), typed)

    return [ask, do]


async def _dialog(
    web: Web, request: Visit, plural: str, key: UUID, error: str = "", typed: str = ""
) -> Response[bytes]:
    async def show(work: Workspace) -> Response[bytes]:
        require(work, "erase_records")
        one = work.registry.by_path(plural)
        record = await work.get(one.name, key, deleted=None)
        view = ActionView(
            title=_("Erase for good"),
            help=_(
                "Removes every personal value of this record, also from its history, its files, and everything that is"
                " only about it. The record itself stays, without saying who it was. This can't be undone."
            ),
            action=f"/{one.path}/{key}/erase",
            csrf=web.shell(request, work).csrf,
            fields=(
                FormField(
                    name="confirm",
                    label=_("Name of the record"),
                    kind="text",
                    value=typed,
                    help=_("Type “%(name)s” to go on.") % {"name": record.title},
                    error=error,
                    required=True,
                ),
            ),
        )
        status, headers = (422, {"hx-retarget": "#dialog"}) if error else (200, {})
        return web.page(work, "web/action.html", view, status=status, headers=headers)

    return await web.within(request, show)
