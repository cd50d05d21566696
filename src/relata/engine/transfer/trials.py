"""A data set that is imported as a whole, with what must be true afterwards: several files in order, checks, and all
of it a second time, which must change nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec

from relata.engine.formula import parse
from relata.engine.query.request import Aggregate, Measure
from relata.engine.storage.planner import quoted
from relata.engine.transfer import mapping as mappings
from relata.engine.transfer.importing import Options, run_import
from relata.engine.transfer.report import Report
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Remarks that an import must make: so many rows with this code on this column."""

    column: str
    code: str
    rows: int


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file. file: in the folder of the data, else beside the plan. map: beside the plan."""

    file: str
    map: str
    rows: int
    told: tuple[Told, ...] = ()


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the product's own aggregate must answer. sums: field -> total, exactly."""

    says: str
    object: str
    where: str
    count: int
    sums: dict[str, str] = {}


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document."""

    title: str
    steps: tuple[Step, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was compared. step: the file it is about, with its report; None for checks."""

    says: str
    expected: str
    found: str
    report: Report | None = None

    @property
    def is_right(self) -> bool:
        """Whether the product agrees."""
        return self.expected == self.found


def load(path: Path) -> Plan:
    """The plan in a TOML file; Invalid says what does not fit."""
    if not path.is_file():
        raise Invalid(_("There is no such plan."), code="no_file", field="plan", hint=_("Check the path."))
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(_("The plan does not fit: %(error)s.") % {"error": error}, code="plan", field="plan") from error


def files_of(plan: Plan, folder: Path, data: Path) -> list[Path]:
    """The file of each step; Invalid names every one that is missing."""
    found = [
        next((place / step.file for place in (data, folder) if (place / step.file).is_file()), None)
        for step in plan.steps
    ]
    missing = sorted({step.file for step, path in zip(plan.steps, found, strict=True) if path is None})
    if missing:
        raise Invalid(
            _("The folder %(data)s lacks %(missing)s.") % {"data": data, "missing": ", ".join(missing)},
            code="no_data",
            field="data",
            hint=_("Give the folder of the data set."),
        )
    return [path for path in found if path is not None]


async def run_trial(door: Door, key: str, who: UUID | None, folder: Path, data: Path) -> AsyncIterator[Finding]:
    """Import everything, check, import everything again; each comparison as it is made. folder: with `import.toml`."""
    plan = load(folder / "import.toml")
    files = files_of(plan, folder, data)
    async for finding in _imports(door, key, who, plan, folder, files):
        yield finding
    for check in plan.checks:
        yield await door.run(key, who, partial(_checked, check=check), read_only=True)
    before = await door.run(key, who, changes)
    async for finding in _imports(door, key, who, plan, folder, files):
        yield finding
    after = await door.run(key, who, changes)
    yield Finding("Changes made by importing everything again", "0", str(after - before))


async def bring(door: Door, key: str, who: UUID | None, folder: Path, data: Path) -> None:
    """Import everything once, without a word."""
    plan = load(folder / "import.toml")
    async for _finding in _imports(door, key, who, plan, folder, files_of(plan, folder, data)):
        pass


async def _imports(
    door: Door, key: str, who: UUID | None, plan: Plan, folder: Path, files: list[Path]
) -> AsyncIterator[Finding]:
    for step, path in zip(plan.steps, files, strict=True):
        report = await run_import(door, key, who, path, mappings.load(folder / step.map), Options())
        done = report.counts
        yield Finding(
            f"{step.file} as {report.object}",
            f"{step.rows} rows, 0 refused",
            f"{done['rows']} rows, {done['refused']} refused",
            report,
        )
        for told in step.told:
            rows = sum(
                n for (column, code, __), n in report.tally.items() if (column, code) == (told.column, told.code)
            )
            yield Finding(f"{step.file}: {told.column} {told.code}", str(told.rows), str(rows))


async def _checked(work: Workspace, check: Check) -> Finding:
    measures = (Measure("count"), *(Measure("sum", name) for name in check.sums))
    row = (await work.aggregate(Aggregate(check.object, measures, where=parse(check.where)))).rows[0]
    expected = [str(check.count), *(f"{name} {_exact(total)}" for name, total in check.sums.items())]
    found = [str(row["count"]), *(f"{name} {_exact(row[f'sum_{name}'])}" for name in check.sums)]
    return Finding(check.says, ", ".join(expected), ", ".join(found))


def _exact(total: object) -> str:
    """To the cent."""
    return format(Decimal(str(total or 0)).quantize(Decimal("0.01")), ",f")


async def changes(work: Workspace) -> int:
    """How many rows the log has."""
    row = await work.unit.connection.fetch_one(f"select count(*) from {quoted(work.context.schema)}._change")
    return int(row[0]) if row else 0
