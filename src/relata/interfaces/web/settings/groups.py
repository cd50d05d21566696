"""Groups that the company's directory keeps here: who is in them, and the roles that they give."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.workspace import directory
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.settings.frame import Page, Refused, errors_of, frame, settled, status_of
from relata.interfaces.web.settings.people import roles_field

_PLACE = "/settings/groups"
#: Names that a row has room for.
_MEMBERS = 8


class GroupLine(msgspec.Struct, frozen=True, kw_only=True):
    """A group. people: how many are in it; members: some of their names."""

    name: str
    href: str
    people: int
    members: tuple[str, ...]
    roles: tuple[str, ...]


class GroupsPage(Page, frozen=True, kw_only=True):
    """All groups. address: what the directory calls."""

    found: tuple[GroupLine, ...]
    address: str


class GroupPage(Page, frozen=True, kw_only=True):
    """One group."""

    group: GroupLine
    roles: FormField


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = GroupsPage(
                **frame(web, request, work, _PLACE), found=await _lines(work), address=f"{web.address}/scim/v2"
            )
            return web.page(work, "web/settings/groups.html", view)

        return await web.within(request, build)

    async def show(request: Visit, key: str, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            group = await directory.group(work, record_id(key))
            line = next(one for one in await _lines(work) if one.href.endswith(str(group.id)))
            view = GroupPage(
                **frame(web, request, work, _PLACE, group.title, error=error, known=("roles",)),
                group=line,
                roles=roles_field(work, tuple(group["roles"] or ()), errors_of(error)),
            )
            return web.page(work, "web/settings/group.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{key:str}}")
    async def group_page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key)

    @post(f"{_PLACE}/{{key:str}}")
    async def give(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def change(work: Workspace) -> str:
            await directory.set_group_roles(work, record_id(key), form.get("roles", []))
            return f"{_PLACE}/{key}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, key, error)
        )

    return [page, group_page, give]


async def _lines(work: Workspace) -> tuple[GroupLine, ...]:
    groups = await directory.groups(work)
    wanted = sorted({member for group in groups for member in (group["members"] or ())[:_MEMBERS]})
    names = {one.id: one.title for one in await work.as_system().get_many("user", wanted)} if wanted else {}
    known = work.registry.roles
    return tuple(
        GroupLine(
            name=group.title,
            href=f"{_PLACE}/{group.id}",
            people=len(group["members"] or ()),
            members=tuple(names[one] for one in (group["members"] or ())[:_MEMBERS] if one in names),
            roles=tuple(known[role].title if role in known else role for role in group["roles"] or ()),
        )
        for group in sorted(groups, key=lambda group: group.title.casefold())
    )
