"""Which reports, dashboards, metrics and alerts use a field: all are found, those that the reader sees are named."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.reporting.field_uses import Use, uses_of_field
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.field_pages import AskedUse

_KINDS = {
    "report": later("Report"),
    "metric": later("Metric"),
    "dashboard": later("Dashboard"),
    "metric_alert": later("Alert"),
}
_PAGES = {"report": "/report", "dashboard": "/dashboard"}


async def everybodys_uses(web: Web, request: Visit, object_name: str, field: str) -> list[Use]:
    """Whoever owns them; for who manages objects."""
    await web.within(request, _allowed)
    credentials = web.person(request)
    assert credentials.workspace is not None
    key = await web.door.key_of(credentials.workspace)
    try:
        return await web.door.run(key, None, lambda work: uses_of_field(work, object_name, field), read_only=True)
    except RelataError:  # no such field: the page says so
        return []


async def _allowed(work: Workspace) -> None:
    require(work, "manage_objects")


async def shown_uses(work: Workspace, found: Sequence[Use]) -> tuple[tuple[AskedUse, ...], bool]:
    """Those that the reader may see, with their pages; and whether there are others."""
    seen = set()
    for kind in {one.kind for one in found}:
        ids = [one.id for one in found if one.kind == kind and one.id is not None]
        seen |= {record.id for record in await work.get_many(kind, ids)} if ids else set()
    shown = tuple(_shown(one) for one in found if one.id is None or one.id in seen)
    return shown, len(shown) < len(found)


def _shown(use: Use) -> AskedUse:
    page = _PAGES.get(use.kind, "")
    return AskedUse(kind=_(_KINDS[use.kind]), title=use.title, href=f"{page}/{use.id or use.key}" if page else "")
