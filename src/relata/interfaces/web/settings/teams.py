"""Teams as the tree that they are; each is an ordinary record, with its own page."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.workspace import overview
from relata.engine.workspace import people as people_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import Page, frame, last

_PLACE = "/settings/teams"
#: Names that a row has room for.
_MEMBERS = 8


class TeamLine(msgspec.Struct, frozen=True, kw_only=True):
    """A team. depth: how many stand above it."""

    name: str
    href: str
    depth: int
    leader: str
    people: int
    id: str
    parent: str
    members: tuple[str, ...]


class TeamsPage(Page, frozen=True, kw_only=True):
    """The tree, in the order in which it reads."""

    teams: tuple[TeamLine, ...]
    may_move: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            people = await overview.people(work)
            teams = await work.as_system().find("team", None, order="name")
            names = {one.id: one.name for one in people}
            held = [one.team for one in people]
            lines = tuple(
                TeamLine(
                    name=team.title,
                    href=f"/teams/{team.id}",
                    depth=depth,
                    leader=names.get(team["manager"], ""),
                    people=held.count(team.id),
                    id=str(team.id),
                    parent=str(team["parent"] or ""),
                    members=tuple(one.name for one in people if one.team == team.id)[:_MEMBERS],
                )
                for team, depth in _tree(teams)
            )
            return web.page(
                work,
                "web/settings/teams.html",
                TeamsPage(**frame(web, request, work, _PLACE), teams=lines, may_move=len(lines) > 1),
            )

        return await web.within(request, build)

    @post(f"{_PLACE}/{{key:str}}/move")
    async def move(request: Visit, key: FromPath[str]) -> Response[bytes]:
        under = last(await posted(request), "parent")
        parent = record_id(under) if under else None
        await web.within(request, lambda work: people_of.move_team(work, record_id(key), parent), read_only=False)
        return redirect(f"{_PLACE}?done=saved", request)

    return [page, move]


def _tree(teams: list[Record]) -> Iterator[tuple[Record, int]]:
    """Each team after the one above it. A circle, which an import can make, begins anywhere and is walked once."""
    by_id = {team.id: team for team in teams}
    seen: set[UUID] = set()

    def below(parent: UUID | None, depth: int) -> Iterator[tuple[Record, int]]:
        for team in teams:
            above = team["parent"] if team["parent"] in by_id else None
            if above == parent and team.id not in seen:
                seen.add(team.id)
                yield team, depth
                yield from below(team.id, depth + 1)

    yield from below(None, 0)
    for team in teams:
        if team.id not in seen:
            seen.add(team.id)
            yield team, 0
            yield from below(team.id, 1)
