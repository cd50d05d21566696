"""How background work goes, and the jobs that gave up."""

from __future__ import annotations

import shutil

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata import __version__
from relata.engine.files.store import DiskStore, innermost
from relata.engine.jobs.dead_letters import DeadLetter
from relata.engine.workspace import background
from relata.engine.workspace import health as engine
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings.frame import Page, frame

_PLACE, _JOBS = "/settings/health", "/settings/jobs"


class HealthPage(Page, frozen=True, kw_only=True):
    """Figures, and what failed. free, total: bytes of the disk with the files."""

    version: str
    health: engine.Health
    waiting: int
    running: int
    done_jobs: int
    may_mend: bool
    free: int
    total: int


class JobsPage(Page, frozen=True, kw_only=True):
    """The queue by state, and what recurs."""

    states: tuple[StateLink, ...]
    state: str
    jobs: tuple[background.JobLine, ...]
    failed: tuple[DeadLetter, ...]
    schedules: tuple[background.ScheduleLine, ...]
    may_mend: bool


class StateLink(msgspec.Struct, frozen=True, kw_only=True):
    """A state to look at."""

    label: str
    href: str
    current: bool
    count: int


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = await engine.health(work)
            free, total = _disk(web)
            view = HealthPage(
                **frame(web, request, work, _PLACE),
                version=__version__,
                health=found,
                waiting=found.jobs.get("todo", 0),
                running=found.jobs.get("doing", 0),
                done_jobs=found.jobs.get("succeeded", 0),
                may_mend=work.actor.rights.permits("manage_objects"),
                free=free,
                total=total,
            )
            return web.page(work, "web/settings/health.html", view)

        return await web.within(request, build)

    @get(_JOBS)
    async def jobs(request: Visit) -> Response[bytes]:
        state = request.query_params.get("state", "todo")

        async def build(work: Workspace) -> Response[bytes]:
            found = await engine.health(work)
            listed = tuple(await background.jobs(work, state))
            words = {"todo": _("Waiting"), "doing": _("Running"), "failed": _("Failed"), "succeeded": _("Done")}
            view = JobsPage(
                **frame(web, request, work, _JOBS),
                states=tuple(
                    StateLink(
                        label=word, href=f"{_JOBS}?state={name}", current=name == state, count=found.jobs.get(name, 0)
                    )
                    for name, word in words.items()
                ),
                state=state,
                jobs=listed,
                failed=found.failed,
                schedules=tuple(await background.schedules(work)),
                may_mend=work.actor.rights.permits("manage_objects"),
            )
            return web.page(work, "web/settings/jobs.html", view)

        return await web.within(request, build)

    @post(f"{_PLACE}/jobs/{{job:int}}/retry")
    async def retry(request: Visit, job: FromPath[int]) -> Response[bytes]:
        await web.within(request, lambda work: engine.retry(work, job), read_only=False)
        return redirect(f"{_JOBS}?state=failed&done=retried")

    @post(f"{_PLACE}/jobs/{{job:int}}/discard")
    async def discard(request: Visit, job: FromPath[int]) -> Response[bytes]:
        await web.within(request, lambda work: engine.discard(work, job), read_only=False)
        return redirect(f"{_JOBS}?state=failed&done=deleted")

    return [page, jobs, retry, discard]


def _disk(web: Web) -> tuple[int, int]:
    """Free and total bytes where files are kept; zeros where that is no disk of ours."""
    store = innermost(web.files)
    if not isinstance(store, DiskStore):
        return 0, 0
    folder = store.root.absolute()
    usage = shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists()))
    return usage.free, usage.total
