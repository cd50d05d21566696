"""Two roles beside each other: where their rights differ."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.metadata.module import Grant, Role
from relata.engine.workspace import overview
from relata.engine.workspace.permissions import all_permissions
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, frame, options, text
from relata.interfaces.web.settings.role_matrix import ALL, level_words, right_words

_PLACE = "/settings/roles"


class Side(msgspec.Struct, frozen=True):
    """A level of one of the two roles."""

    level: str
    word: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One right on one object, or a permission."""

    object: str
    right: str
    first: Side
    second: Side


class ComparePage(Page, frozen=True, kw_only=True):
    """Both roles. equal: how many rights are the same in both."""

    roles: tuple[FormField, ...]
    first: str
    second: str
    differences: tuple[Difference, ...]
    equal: int


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the comparison."""

    @get(f"{_PLACE}/compare")
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            known = {one.role.name: one.role for one in await overview.roles(work)}
            names = list(known)
            a = request.query_params.get("a", "")
            b = request.query_params.get("b", "")
            a = a if a in known else names[0]
            b = b if b in known else next((name for name in names if name != a), a)
            found = list(_all(work, known[a], known[b]))
            offered = options((name, role.title) for name, role in known.items())
            view = ComparePage(
                **frame(web, request, work, _PLACE, _("Compare two roles")),
                roles=(
                    text("a", _("One role"), a, kind="choice", options=offered, required=True),
                    text("b", _("The other"), b, kind="choice", options=offered, required=True),
                ),
                first=known[a].title,
                second=known[b].title,
                differences=tuple(one for one in found if one.first != one.second),
                equal=sum(one.first == one.second for one in found),
            )
            return web.page(work, "web/settings/role_compare.html", view)

        return await web.within(request, build)

    return [page]


def _all(work: Workspace, a: Role, b: Role) -> list[Difference]:
    words, found = level_words(), []
    for one in work.registry.objects.values():
        if one.personal:
            continue
        for right, word in right_words().items():
            sides = [getattr(role.grants.get(one.name) or role.grants.get(ALL) or Grant(), right) for role in (a, b)]
            first, second = (Side(level, words.get(level, level)) for level in sides)
            found.append(Difference(object=one.title_plural, right=word, first=first, second=second))
    yes, no = Side("all", _("Yes")), Side("none", _("No"))
    for name, help in all_permissions(work).items():
        first, second = (yes if name in role.permissions or ALL in role.permissions else no for role in (a, b))
        found.append(Difference(object=help.rstrip("."), right="", first=first, second=second))
    return found
