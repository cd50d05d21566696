"""Teams as the tree that they are; each is an ordinary record, with its own page."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace import overview
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, frame

_PLACE = "/settings/teams"


class TeamLine(msgspec.Struct, frozen=True, kw_only=True):
    """A team. depth: how many stand above it."""

    name: str
    href: str
    depth: int
    leader: str
    people: int


class TeamsPage(Page, frozen=True, kw_only=True):
    """The tree, in the order in which it reads."""

    teams: tuple[TeamLine, ...]


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
                )
                for team, depth in _tree(teams)
            )
            return web.page(
                work, "web/settings/teams.html", TeamsPage(**frame(web, request, work, _PLACE), teams=lines)
            )

        return await web.within(request, build)

    return [page]


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
