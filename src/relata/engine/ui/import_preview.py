"""Rows of a file as the records that they would become: what is new, and each value before and after, while it is there
and not yet rolled back."""

from __future__ import annotations

import msgspec

from relata.engine.history.entries import Entry
from relata.engine.ui.bulk_preview import FieldChange, first_changes
from relata.engine.workspace.workspace import Workspace

RowChange = FieldChange


class RowRecord(msgspec.Struct, frozen=True):
    """What one row would write."""

    title: str
    href: str
    changes: tuple[RowChange, ...]


async def row_changes(work: Workspace, entries: list[Entry]) -> dict[int, RowRecord]:
    """By the row's number; what a row changes in several steps is one."""
    found: dict[int, RowRecord] = {}
    given = [entry for entry in entries if isinstance(entry.source.get("row"), int)]
    for entry, change in zip(given, await first_changes(work, given), strict=True):
        row = int(entry.source["row"])
        earlier = found[row].changes if row in found else ()
        shown = tuple(
            each for each in change.changes
            if entry.action == "changed" or each.after.value not in (None, "", (), False)
        )  # fmt: skip
        found[row] = RowRecord(change.title, change.href, (*earlier, *shown))
    return found
