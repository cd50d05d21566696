"""An expression checked as it is typed, with the place where it does not fit."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace.expressions import type_of
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.web.ground import Visit, Web

AROUND = 40
_KINDS = {
    "boolean": later("yes or no"), "datetime": later("a date and time"), "date": later("a date"),
    "link": later("a link"), "geo": later("a place"), "number": later("a number"), "text": later("a text"),
}  # fmt: skip

#: The right that each kind of expression is written with.
_NEEDS = {"rule": "manage_roles", "approval": "manage_approvals"}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. before, at, after: the text around the character that does not fit."""

    gives: str = ""
    error: str = ""
    before: str = ""
    at: str = ""
    after: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the question."""

    @get("/settings/check")
    async def check(request: Visit) -> Response[bytes]:
        query = request.query_params

        async def build(work: Workspace) -> Response[bytes]:
            require(work, _NEEDS.get(query.get("as", ""), "manage_objects"))
            way = query.get("as", "")
            own = (way,) if way in ("visible", "required_when") else ("expression", "condition", "where")
            text = next((words for name in own if (words := query.get(name, ""))), "")
            found = _verdict(work, query.get("object", ""), text, way != "formula")
            return web.page(work, "web/settings/verdict.html", found)

        return await web.within(request, build)

    return [check]


def _verdict(work: Workspace, name: str, text: str, is_condition: bool) -> Verdict:
    if not text.strip() or name not in work.registry.objects:
        return Verdict()
    try:
        kind = type_of(work.registry, work.registry.get(name), text, is_condition=is_condition)
    except Invalid as error:
        message = f"{error.message} {error.hint or ''}".strip()
        at = next((one.position for one in error.problems if one.position is not None), None)
        if at is None:
            return Verdict(error=message)
        return Verdict(
            error=message,
            before=text[max(0, at - AROUND) : at],
            at=text[at : at + 1] or " ",
            after=text[at + 1 : at + AROUND],
        )
    return Verdict(
        gives=_("This fits.") if is_condition else _("This gives %(kind)s.") % {"kind": _(_KINDS.get(kind, kind))}
    )
