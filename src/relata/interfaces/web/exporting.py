"""A list as a file: what is shown, in the columns that are shown. Long lists are written by the server instead: see
`exports`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.formula import all_of, parse, to_text
from relata.engine.ui.exports.wish import MEDIA_TYPES, Form, Wish
from relata.engine.ui.exports.writing import written
from relata.engine.ui.listing import total
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.looks import shown_by

#: More records than this leave only after the person has shown once more who they are.
LARGE = 5_000
#: More records than this take longer than somebody should have to wait for a browser.
LONG: dict[Form, int] = {"csv": 200_000, "jsonl": 200_000, "xlsx": 50_000, "parquet": 200_000}


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of exports. A large one asks who one is first; the answer comes as a form to the same address."""

    async def stream(request: Visit, plural: str, form: Form) -> Stream | Response[bytes]:
        async def count(work: Workspace) -> int:
            wish = await wish_of(work, request, plural, form)
            if not work.actor.rights.permits("export_records"):
                return 0  # refused below
            return await total(work, work.readable_object(wish.object), wish.state)

        sent = await posted(request) if request.method == "POST" else {}
        records = await web.within(request, count)

        async def known() -> int:
            return records

        if records > LONG[form]:
            asked = urlencode([*request.query_params.multi_items(), ("format", form)])
            return redirect(f"/{plural}/export?{asked}", request)
        if question := await large_export(web, request, sent, known):
            return question
        wish = await web.within(request, lambda work: wish_of(work, request, plural, form))
        pieces = written(web.door, *await _where(web, request), web.files, wish)
        headers = {"content-disposition": f'attachment; filename="{plural}.{form}"'}
        return Stream(_begun(await anext(pieces, b""), pieces), media_type=MEDIA_TYPES[form], headers=headers)

    def exporting(form: Form) -> list[HTTPRouteHandler]:
        @get(f"/{{plural:str}}/export.{form}", name=f"export_{form}")
        async def export(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
            return await stream(request, plural, form)

        @post(f"/{{plural:str}}/export.{form}", status_code=200, name=f"export_confirmed_{form}")
        async def confirmed(request: Visit, plural: FromPath[str]) -> Stream | Response[bytes]:
            return await stream(request, plural, form)

        return [export, confirmed]

    return [handler for form in LONG for handler in exporting(form)]


async def wish_of(work: Workspace, request: Visit, plural: str, form: Form) -> Wish:
    """The list in the address, as it is shown. Invalid for a past day that is none."""
    shown = await shown_by(work, request, work.registry.by_path(plural))
    if request.query_params.get("at") and shown.day is None:
        raise Invalid(_("Choose a day that is over."), code="as_on", field="at")
    one, state = shown.object, shown.state
    conditions = [search_condition(work, one, shown.words), parse(state.where) if state.where else None]
    where = [condition for condition in conditions if condition is not None]
    return Wish(
        one.name, form, to_text(all_of(where)) if where else "", state.order,
        shown.paths or work.layout(one.name).columns, deleted=state.deleted, is_shown=True, as_on=state.as_on,
    )  # fmt: skip


async def large_export(
    web: Web, request: Visit, form: Mapping[str, list[str]], count: Callable[[], Awaitable[int]]
) -> Response[bytes] | None:
    """The question who one is, before more than `LARGE` records leave; None to go on. count: how many they are, asked
    only of those whose confirmation is old."""
    if web.person(request).is_fresh or await count() <= LARGE:
        return None
    return await confirmation(web, request, form)


async def _where(web: Web, request: Visit) -> tuple[str, UUID | None]:
    """The workspace and the person."""
    credentials = web.person(request)
    assert credentials.workspace is not None
    return await web.door.key_of(credentials.workspace), credentials.user


async def _begun(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What was refused before the first piece is told in words, not as a broken file."""
    yield first
    async for piece in rest:
        yield piece
