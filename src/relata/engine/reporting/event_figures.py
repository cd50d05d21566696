"""The figures that funnels and cohorts are made of, before they are checked."""

from __future__ import annotations

from dataclasses import dataclass

from relata.engine.formula import Call, Node, Path
from relata.engine.query.tabulation import Events, Figure
from relata.engine.reporting.definition import Measure


@dataclass(frozen=True, slots=True)
class EventFigure:
    """One of them. figure: None for a formula over the others. where: finds the records behind it."""

    measure: Measure
    figure: Figure | None = None
    where: Node | None = None
    kind: str = "integer"


@dataclass(frozen=True, slots=True)
class EventsAsked:
    """What is read of events, and the figures over it."""

    events: Events
    figures: tuple[EventFigure, ...]


def counted(name: str, label: str, figure: Figure, where: Node | None) -> EventFigure:
    """So many records."""
    return EventFigure(Measure(name=name, label=label), figure, where)


def share(name: str, label: str, expression: str, where: Node | None) -> EventFigure:
    """A percentage of two of them."""
    measure = Measure(function="formula", name=name, label=label, expression=expression, unit="percent")
    return EventFigure(measure, None, where, "percent")


def happened(relation: str, where: Node) -> Node:
    """What holds for records to which it happened."""
    return Call("exists", (Path((relation,)), where))
