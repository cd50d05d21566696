"""Roles: the matrix of objects and rights, permissions, and why somebody sees a record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.access.rights import RIGHTS
from relata.engine.metadata.module import Grant, Role
from relata.engine.workspace import overview
from relata.engine.workspace.permissions import all_permissions
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings import explaining, role_compare, role_fields, role_matrix
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    identifier,
    last,
    office,
    options,
    settled,
    status_of,
    text,
)
from relata.interfaces.web.settings.profile import FormPage
from relata.interfaces.web.settings.role_matrix import ALL, Matrix, matrix_of

PLACE = "/settings/roles"


class RoleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A role in the list."""

    name: str
    label: str
    help: str
    people: int
    own: bool
    shipped: bool


class RolesPage(Page, frozen=True, kw_only=True):
    """The list."""

    roles: tuple[RoleLine, ...]


class RolePage(Page, frozen=True, kw_only=True):
    """One role. may_delete: it is the workspace's own; of a shipped one only the changes can be taken back."""

    name: str
    label: FormField
    help: FormField
    matrix: Matrix
    permissions: FormField
    action: str
    may_delete: bool
    shipped: bool
    people: tuple[tuple[str, str], ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = tuple(
                RoleLine(
                    name=one.role.name,
                    label=one.role.title,
                    help=one.role.advice,
                    people=one.people,
                    own=one.own,
                    shipped=one.shipped,
                )
                for one in await overview.roles(work)
            )
            return web.page(work, "web/settings/roles.html", RolesPage(**frame(web, request, work, PLACE), roles=found))

        return await web.within(request, build)

    async def ask(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            known = await overview.roles(work)
            form_, errors = form or {"from": [request.query_params.get("from", "")]}, errors_of(error)
            fields = (
                text("label", _("Name"), last(form_, "label"), errors, required=True, autofocus=True, max_length=60),
                text("help", _("What it is for"), last(form_, "help"), errors, max_length=200),
                text(
                    "from",
                    _("Start from"),
                    last(form_, "from"),
                    errors,
                    kind="choice",
                    placeholder=_("Nothing"),
                    options=options((one.role.name, one.role.title) for one in known),
                    help=_("The new role gets the same rights, to change afterwards."),
                ),
            )
            view = FormPage(
                **frame(web, request, work, PLACE, _("New role"), error=error, known=("label", "help", "from")),
                action=f"{PLACE}/new",
                submit=_("Create role"),
                cancel=PLACE,
                fields=fields,
            )
            return web.page(work, "web/settings/form.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        return await ask(request)

    @post(f"{PLACE}/new")
    async def create(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)
        name = identifier(last(form, "label"))

        async def copied(work: Workspace) -> dict[str, Any]:
            if name in work.registry.roles:
                raise Invalid.of(
                    [Problem("not_unique", "There is a role with this name already.", "label", "Choose another name.")]
                )
            source = last(form, "from")
            return msgspec.to_builtins((await overview.role(work, source)).role) if source else {}

        async def attempt() -> str:
            given = await web.within(request, copied)
            await (await office(web, request)).put(
                "role", name, {**given, "name": name, "label": last(form, "label"), "help": last(form, "help")}
            )
            return f"{PLACE}/{name}?done=created"

        return await settled(attempt, lambda error: ask(request, form, error))

    async def show(
        request: Visit, name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = await overview.role(work, name)
            role = _read(found.role, form) if form is not None else found.role
            people = await overview.people_with(work, name)
            view = _page(work, frame(web, request, work, PLACE, role.title, error=error), role, found, people)
            return web.page(work, "web/settings/role.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/{{name:str}}")
    async def page(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await show(request, name)

    @post(f"{PLACE}/{{name:str}}")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def attempt() -> str:
            role = (await web.within(request, lambda work: overview.role(work, name))).role
            await (await office(web, request)).put("role", name, msgspec.to_builtins(_read(role, form)))
            return f"{PLACE}/{name}?done=saved"

        return await settled(attempt, lambda error: show(request, name, form, error))

    @post(f"{PLACE}/{{name:str}}/delete")
    async def delete(request: Visit, name: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked

        async def attempt() -> str:
            await (await office(web, request)).delete("role", name)
            return f"{PLACE}?done=deleted"

        return await settled(attempt, lambda error: show(request, name, None, error))

    return [
        listed, new, create, page, save, delete, *role_compare.routes(web), *role_matrix.routes(web),
        *role_fields.routes(web), *explaining.routes(web),
    ]  # fmt: skip


def _page(
    work: Workspace,
    values: dict[str, Any],
    role: Role,
    found: overview.RoleOverview,
    people: list[tuple[UUID, str]],
) -> RolePage:
    permissions = [
        Option(value=ALL, label=_("Everything"), note=_("All permissions, those of later modules included."))
    ]
    permissions += [
        Option(value=name, label=name.replace("_", " ").replace(".", ": ").capitalize(), note=help)
        for name, help in all_permissions(work).items()
    ]
    return RolePage(
        **values,
        name=role.name,
        label=text("label", _("Name"), role.label, required=True, max_length=60),
        help=text("help", _("What it is for"), role.help, max_length=200),
        matrix=matrix_of(work, role),
        action=f"{PLACE}/{role.name}",
        permissions=text("permissions", _("Permissions"), role.permissions, kind="choices", options=tuple(permissions)),
        may_delete=found.own,
        shipped=found.shipped,
        people=tuple((str(key), title) for key, title in people),
    )


def _read(role: Role, form: Form) -> Role:
    """The role as the form has it. A row without any level of its own follows what is said about everything else."""
    names = {name.split(".")[1] for name in form if name.startswith("grant.") and name.count(".") == 2}
    grants = {name: grant for name, grant in role.grants.items() if name not in names}
    for name in names:
        levels = {right: last(form, f"grant.{name}.{right}") for right in RIGHTS}
        if any(levels.values()):
            known = role.grants.get(name)
            grants[name] = Grant(
                **{right: level or "none" for right, level in levels.items()}, fields=known.fields if known else {}
            )
    return msgspec.structs.replace(
        role,
        label=last(form, "label"),
        help=last(form, "help"),
        grants=grants,
        permissions=tuple(form.get("permissions", ())),
    )
