"""The stream of events to open screens, and who else looks at a record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from relata.engine.live import presence
from relata.engine.live.audience import Audience
from relata.engine.live.news import News
from relata.engine.live.presence import Present
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id

#: A line of nothing, so that proxies and browsers see that somebody is there.
HEARTBEAT_SECONDS = 15.0
#: A page older than this is told to look at everything by its own script.
MOST_AGE_SECONDS = 60.0
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class PresenceView(msgspec.Struct, frozen=True):
    """Who else is there. editing: those who change something."""

    people: list[Present]

    @property
    def editing(self) -> list[Present]:
        return [one for one in self.people if one.editing]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers; without an audience, as in tests of single pages, none."""
    audience = web.live
    if audience is None:
        return []

    @get("/live")
    async def live(request: Visit) -> Stream:
        credentials = web.person(request)
        assert credentials.workspace is not None
        assert credentials.user is not None
        assert credentials.session is not None
        key = await web.door.key_of(credentials.workspace)
        after = _number(str(request.headers.get("last-event-id") or request.query_params.get("after", "")))
        age = min((_number(request.query_params.get("age", "")) or 0) / 1000, MOST_AGE_SECONDS)
        heard = _heard(audience, key, credentials.user, credentials.session, after, age)
        first = await anext(heard)  # a refusal is an answer of its own and no broken stream
        return Stream(_with(first, heard), media_type="text/event-stream", headers=_HEADERS)

    @post("/live/presence")
    async def here(request: Visit) -> Response[bytes]:
        form = await posted(request)
        tab = record_id((form.get("tab") or [""])[0])
        editing = (form.get("editing") or [""])[0][:100]

        async def arrive(work: Workspace) -> Response[bytes]:
            try:
                name, key = _place(work, (form.get("path") or [""])[0])
                people = await presence.arrive(work, await work.get(name, key), tab, editing)
            except NotFound:  # it went, or has a page of another kind, such as a report: one is alone
                return Response(b"", status_code=204)
            return web.page(work, "web/presence.html", PresenceView(people))

        return await web.within(request, arrive, read_only=False)

    @post("/live/presence/leave")
    async def left(request: Visit) -> Response[bytes]:
        form = await posted(request)
        tab = record_id((form.get("tab") or [""])[0])

        async def leave(work: Workspace) -> None:
            await presence.leave(work, _place(work, (form.get("path") or [""])[0])[1], tab)

        await web.within(request, leave, read_only=False)
        return Response(b"", status_code=204)

    return [live, here, left]


async def _heard(
    audience: Audience, key: str, user: UUID, session: UUID, after: int | None, age: float
) -> AsyncIterator[bytes]:
    """The stream as it goes over the line."""
    async with audience.listen(key, user, session, after=after, age_seconds=age) as listener:
        yield b"retry: 2000\nid: %d\n\n" % listener.since
        while listener.is_open:
            news = await listener.next(HEARTBEAT_SECONDS)
            if news is not None:
                yield _event(news)
            elif listener.is_open:
                yield b":\n\n"
        yield b"event: end\ndata:\n\n"


async def _with(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        yield first
        async for line in rest:
            yield line
    finally:
        await rest.aclose()  # type: ignore[attr-defined]


def _event(news: News) -> bytes:
    number = b"id: %d\n" % news.feed if news.feed is not None else b""
    return number + b"event: %s\ndata: %s\n\n" % (news.kind.encode(), news.body)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else None


#: Pages that lie elsewhere than their records.
_OTHERWISE = {"conversations": "email_threads"}


def _place(work: Workspace, path: str) -> tuple[str, UUID]:
    """The record that a page's address names; NotFound for another address."""
    plural, _, key = path.strip("/").partition("/")
    found = parse_id(key)
    if found is None:
        raise NotFound("There is no such record.", hint="Reload the page.")
    return work.registry.by_path(_OTHERWISE.get(plural, plural)).name, found
