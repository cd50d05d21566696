"""How all flows do: what waits, how much goes well, which steps are slow."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.automation.flows import health
from relata.engine.automation.flows.active import versions_of
from relata.engine.automation.flows.wording import step_words
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.flows import PLACE
from relata.interfaces.web.settings.frame import Page, frame

HEALTH = "/settings/flow-health"


class SlowRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step. median, slow: milliseconds."""

    words: str
    flow: str
    href: str
    times: int
    failed: int
    median: int
    slow: int


class HealthPage(Page, frozen=True, kw_only=True):
    """The figures, and the slowest steps."""

    depth: health.Depth
    slow: tuple[SlowRow, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(HEALTH)
    async def page(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            depth, slow = await health.depth_of(work), await health.slow_steps(work)
            known = await versions_of(work.unit.connection, work.context.schema, list({one.version for one in slow}))
            rows = []
            for one in slow:
                version = known.get(one.version)
                step = version.body.by_id.get(one.step) if version else None
                words = step_words(work.registry, version.body, step) if version and step else one.step
                rows.append(
                    SlowRow(
                        words=words, flow=version.name if version else "", href=f"{PLACE}/{one.flow}", times=one.times,
                        failed=one.failed, median=round(one.median), slow=round(one.slow),
                    )
                )  # fmt: skip
            values = frame(web, request, work, PLACE, _("Health of flows"))
            return web.page(work, "web/settings/flow_health.html", HealthPage(**values, depth=depth, slow=tuple(rows)))

        return await web.within(request, build)

    return [page]
