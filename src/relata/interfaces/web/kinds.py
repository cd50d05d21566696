"""The kinds of view that make sense for an object, each with a page of its own."""

from __future__ import annotations

from relata.engine.metadata.object import Object
from relata.engine.ui.board_lanes import dividers
from relata.engine.ui.calendar import calendar_fields
from relata.engine.ui.places import place_field
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _


def kinds_of(work: Workspace, one: Object) -> list[tuple[str, str, str]]:
    """Kind, label and icon; the table comes first."""
    kinds = [("table", _("List"), "list")]
    if work.layout(one.name).board is not None or dividers(work, one):
        kinds.append(("board", _("Board"), "square-kanban"))
    if calendar_fields(work, one):
        kinds.append(("calendar", _("Calendar"), "calendar"))
    kinds.append(("gallery", _("Gallery"), "layout-grid"))
    if place_field(work, one) is not None:
        kinds.append(("map", _("Map"), "map-pin"))
    return kinds
