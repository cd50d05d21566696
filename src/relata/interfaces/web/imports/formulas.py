"""A formula tried on the first rows of a file, while it is written."""

from __future__ import annotations

import msgspec

from relata.engine.query.pages import context_of
from relata.engine.transfer.mapping import Column
from relata.engine.transfer.wizard.profile import Profile
from relata.engine.transfer.working_out import RowFormula, names_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

_SHOWN = 80


class TriedFormula(msgspec.Struct, frozen=True, kw_only=True):
    """made: what it makes of the first rows, "" for nothing. error: why it can't be read. names: what the columns are
    called in it."""

    made: tuple[str, ...] = ()
    error: str = ""
    names: str = ""


def try_formula(work: Workspace, profile: Profile, entry: Column) -> TriedFormula | None:
    """None where the column has no formula."""
    if not entry.formula:
        return None
    columns = [column.name for column in profile.columns]
    names = ", ".join(names_of(columns))
    try:
        formula = RowFormula(entry.formula, columns, entry.column)
    except Invalid as error:
        first = error.problems[0]
        return TriedFormula(error=f"{first.message} {first.hint or ''}".strip(), names=names)
    context = context_of(work.actor)
    made = (formula.of(cells, context) for cells in profile.first)
    return TriedFormula(made=tuple("" if each is None else _in_words(each)[:_SHOWN] for each in made), names=names)


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
