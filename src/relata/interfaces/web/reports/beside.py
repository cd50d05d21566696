"""The reports that may stand beside the one that is being built."""

from __future__ import annotations

import msgspec

from relata.engine.reporting.definition import Definition
from relata.engine.reporting.joining import MAX_BESIDE
from relata.engine.reporting.reports import shelf
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Option


class BesideInputs(msgspec.Struct, frozen=True, kw_only=True):
    """chosen: their keys, "" for one more; none where nothing can stand beside it."""

    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()


async def beside_inputs(work: Workspace, definition: Definition, key: str) -> BesideInputs:
    """key: of the report itself, which is not offered."""
    if not definition.object or definition.columns or definition.funnel or definition.cohort or not definition.rows:
        return BesideInputs()
    kept, shipped = await shelf.lines(work)
    options = tuple(Option(value=one.key, label=one.name) for one in (*kept, *shipped) if one.key != key)
    more = ("",) if len(definition.beside) < MAX_BESIDE else ()
    return BesideInputs(options=options, chosen=(*definition.beside, *more))
