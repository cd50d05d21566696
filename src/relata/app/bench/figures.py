"""What was measured, beside its floor and its target."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. floor: the same with nothing around it, in the same run and unit; None where there is none.
    ratio: how the two relate, in the sense of the target. is_met: None where nothing was promised."""

    name: str
    value: float
    unit: str
    target: str = ""
    floor: float | None = None
    ratio: float | None = None
    is_met: bool | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """In a word."""
        return "" if self.is_met is None else "met" if self.is_met else "missed"

    def line(self) -> tuple[str, ...]:
        """Name, value, floor, ratio, target, verdict."""
        floor = "" if self.floor is None else f"{_number(self.floor)} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        said = f"{self.verdict} ({self.note})" if self.note else self.verdict
        return (self.name, f"{_number(self.value)} {self.unit}", floor, ratio, self.target, said)


@dataclass(slots=True)
class Report:
    """All figures of a run, and the machine that they are true of."""

    size: str
    command: str
    figures: list[Figure] = field(default_factory=list)
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    machine: str = field(default_factory=lambda: machine())

    @property
    def holds(self) -> bool:
        """Whether no target is missed."""
        return not any(one.verdict == "missed" for one in self.figures)

    def json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "size": self.size,
            "command": self.command,
            "at": self.at,
            "machine": self.machine,
            "figures": [{**asdict(one), "verdict": one.verdict} for one in self.figures],
        }

    def lines(self) -> list[tuple[str, ...]]:
        """For people: name, value, floor, ratio, target, verdict."""
        head = ("What", "Measured", "Floor", "Ratio", "Target", "Verdict")
        return [head, *(one.line() for one in self.figures)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def machine() -> str:
    """Cores, memory, system."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {system}"


def at_most(name: str, value: float, unit: str, limit: float, *, note: str = "", target: str = "") -> Figure:
    """A figure that should stay under a limit."""
    return Figure(name, value, unit, target or f"under {limit:g} {unit}", is_met=value < limit, note=note)


def at_least(name: str, value: float, unit: str, limit: float, *, note: str = "") -> Figure:
    """A figure that should reach a limit."""
    return Figure(name, value, unit, f"at least {limit:,g} {unit}", is_met=value >= limit, note=note)


def share_of(name: str, value: float, floor: float, unit: str, least: float, *, note: str = "") -> Figure:
    """Requests per second as a share of the floor's."""
    ratio = value / floor
    return Figure(name, value, unit, f"at least {least:g} of the floor", floor, ratio, ratio >= least, note)


def times(name: str, value: float, floor: float, unit: str, most: float, *, note: str = "") -> Figure:
    """How many times the floor's time each takes; value, floor: requests per second."""
    ratio = floor / value
    return Figure(name, value, unit, f"within {most:g}x of the floor", floor, ratio, ratio <= most, note)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
