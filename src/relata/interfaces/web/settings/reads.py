"""Who read personal values, for whoever may see the audit log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace.overview import principal_names
from relata.engine.workspace.reads import Read, reads
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import parse_id
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, frame

_PLACE = "/settings/reads"
PAGE = 50
#: Records that a line names.
_NAMED = 5


class Named(msgspec.Struct, frozen=True):
    """A record in a line."""

    title: str
    href: str


class ReadLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one person read in a few seconds. more: records beyond those that are named."""

    at: datetime
    who: str
    person: str
    via: str
    what: str
    fields: str
    count: int
    records: tuple[Named, ...]
    more: int


class ReadsPage(Page, frozen=True, kw_only=True):
    """A page of them."""

    lines: tuple[ReadLine, ...]
    next: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            given = request.query_params
            before = given.get("before", "")
            found = await reads(
                work,
                person=parse_id(given.get("person", "")),
                record=parse_id(given.get("record", "")),
                before=int(before) if before.isdecimal() and len(before) < 19 else None,
                limit=PAGE,
            )
            view = ReadsPage(
                **frame(web, request, work, _PLACE),
                lines=await _lines(work, found),
                next=f"{_PLACE}?before={found[-1].id}" if len(found) == PAGE else "",
            )
            return web.page(work, "web/settings/reads.html", view)

        return await web.within(request, build)

    return [page]


async def _lines(work: Workspace, found: list[Read]) -> tuple[ReadLine, ...]:
    names = await principal_names(work, [one.person for one in found])
    titles = await titles_of(work.unit, _wanted(found))
    lines = []
    for one in found:
        declared = work.registry.objects.get(one.object)
        path, fields = (declared.path, declared.all_fields) if declared else (one.object, {})
        shown = [key for key in one.records[:_NAMED] if (one.object, key) in titles]
        lines.append(
            ReadLine(
                at=one.at,
                who=names.get(one.person, ""),
                person=str(one.person),
                via=one.via,
                what=declared.title_plural if declared else one.object,
                fields=", ".join(fields[name].title if name in fields else name for name in one.fields),
                count=one.count,
                records=tuple(Named(titles[one.object, key], f"/{path}/{key}") for key in shown),
                more=max(one.count - len(shown), 0),
            )
        )
    return tuple(lines)


def _wanted(found: list[Read]) -> dict[str, set[UUID]]:
    wanted: dict[str, set[UUID]] = {}
    for one in found:
        wanted.setdefault(one.object, set()).update(one.records[:_NAMED])
    return wanted
