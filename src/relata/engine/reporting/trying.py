"""Reports beside plain SQL that somebody wrote by hand, over the same rows: both must say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.reporting.definition import Definition
from relata.engine.reporting.result import Key, Result
from relata.engine.reporting.running import run
from relata.engine.storage.planner import quoted
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

_PLACES = Decimal("0.000001")


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One report. sql: with `{s}` for the workspace's schema; a row for each group, its keys and its figures.
    expected: the rows as the published files hold them, where somebody worked them out."""

    says: str
    report: Definition
    sql: str
    expected: tuple[tuple[Any, ...], ...] = ()


class Trials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document."""

    title: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What one comparison found. differs: rows that only one side has, the first few."""

    says: str
    rows: int
    differs: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether both say the same."""
        return not self.differs


def load(path: Path) -> Trials:
    """The reports in a TOML file; Invalid says what does not fit."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Trials, strict=False)
    except FileNotFoundError:
        raise Invalid(_("There is no such file."), code="no_file", field="plan") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(_("The reports do not fit: %(error)s.") % {"error": error}, code="plan", field="plan") from error


async def compare(door: Door, key: str, who: UUID | None, trials: Trials) -> AsyncIterator[Compared]:
    """Each report beside its SQL and beside what is expected."""
    for trial in trials.trials:
        yield await door.run(key, who, partial(_compared, trial=trial), read_only=True)


async def _compared(work: Workspace, trial: Trial) -> Compared:
    result = await run(work, trial.report)
    ours = rows_of(result)
    sql = trial.sql.replace("{s}", quoted(work.context.schema))
    theirs = [tuple(map(_said, row)) for row in await work.unit.connection.fetch(sql)]
    differs = _differences(ours, theirs, "SQL")
    if trial.expected:
        differs += _differences(ours, [tuple(map(_said, row)) for row in trial.expected], "expected")
    return Compared(trial.says, len(ours), tuple(differs))


def rows_of(result: Result) -> list[tuple[str, ...]]:
    """The groups with their figures, as texts."""
    found = []
    for row, column, cell in result.flat():
        keys = (*result.rows[row].keys, *result.columns[column].keys)
        found.append((*map(_key, keys), *map(_said, cell.values)))
    return found


def _key(key: Key) -> str:
    """Ranges by their number from zero, as `width_bucket` counts them."""
    if key.others or (key.kind == "bucket" and key.value is not None):
        return key.id
    return _said(key.value)


def _differences(ours: Iterable[tuple[str, ...]], theirs: Iterable[tuple[str, ...]], name: str) -> list[str]:
    left, right = Counter(ours), Counter(theirs)
    return [f"report: {row}" for row in (left - right).elements()][:3] + [
        f"{name}: {row}" for row in (right - left).elements()
    ][:3]


def _said(value: Any) -> str:
    """A value as both sides write it, numbers to a millionth."""
    if value is None:
        return ""
    if isinstance(value, timedelta):
        value = Decimal(value // timedelta(microseconds=1)) / 1_000_000
    if isinstance(value, float):
        value = Decimal(str(value))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return format(Decimal(value).quantize(_PLACES).normalize(), "f")
    return value.isoformat() if isinstance(value, date) else str(value)
