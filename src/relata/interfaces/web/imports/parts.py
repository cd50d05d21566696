"""What the pages of one import share: where one is, and which import it is."""

from __future__ import annotations

import msgspec

from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Crumb


class StepView(msgspec.Struct, frozen=True):
    """One of the steps of an import. state: done, current or ahead."""

    label: str
    state: str
    href: str = ""


def steps(run: str, current: int, *, is_open: bool = True) -> tuple[StepView, ...]:
    """File, columns, check, import. is_open: one may still go back."""
    labels = (_("File"), _("Columns"), _("Preview"), _("Import"))
    places = ("", f"/import/{run}/columns", f"/import/{run}", "")
    return tuple(
        StepView(
            label, "done" if at < current else "current" if at == current else "ahead",
            places[at] if at < current and is_open else "",
        )
        for at, label in enumerate(labels)
    )  # fmt: skip


def crumbs(work: Workspace, record: Record | None = None) -> tuple[Crumb, ...]:
    """The way here. record: an import that may have come with others."""
    found = (Crumb(work.registry.get(IMPORT_RUN).title_plural, "/import"),)
    if record is None or record["together"] is None:
        return found
    return (*found, Crumb(_("All files"), f"/import/together/{record['together']}"))


def total_of(record: Record) -> int:
    """How many rows there are to settle."""
    return record["total"] or 0
