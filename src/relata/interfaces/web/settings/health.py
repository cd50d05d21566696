"""How background work goes, and the jobs that gave up."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata import __version__
from relata.engine.jobs.dead_letters import DeadLetter
from relata.engine.workspace import health as engine
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings.frame import Page, frame

_PLACE = "/settings/health"


class HealthPage(Page, frozen=True, kw_only=True):
    """Figures, and what failed."""

    version: str
    waiting: int
    running: int
    done_jobs: int
    undelivered: int
    failed: tuple[DeadLetter, ...]
    may_mend: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = await engine.health(work)
            view = HealthPage(
                **frame(web, request, work, _PLACE),
                version=__version__,
                waiting=found.jobs.get("todo", 0),
                running=found.jobs.get("doing", 0),
                done_jobs=found.jobs.get("succeeded", 0),
                undelivered=found.undelivered,
                failed=found.failed,
                may_mend=work.actor.rights.permits("manage_objects"),
            )
            return web.page(work, "web/settings/health.html", view)

        return await web.within(request, build)

    @post(f"{_PLACE}/jobs/{{job:int}}/retry")
    async def retry(request: Visit, job: FromPath[int]) -> Response[bytes]:
        await web.within(request, lambda work: engine.retry(work, job), read_only=False)
        return redirect(f"{_PLACE}?done=retried")

    @post(f"{_PLACE}/jobs/{{job:int}}/discard")
    async def discard(request: Visit, job: FromPath[int]) -> Response[bytes]:
        await web.within(request, lambda work: engine.discard(work, job), read_only=False)
        return redirect(f"{_PLACE}?done=deleted")

    return [page, retry, discard]
