"""What a card shows: its report or metric, asked with the dashboard's filters and the reader's access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from relata.engine.reporting.asking import Known
from relata.engine.reporting.dashboards.body import Card
from relata.engine.reporting.dashboards.filters import Applied, Chosen, applied
from relata.engine.reporting.dashboards.periods import Period, before_so_far, so_far
from relata.engine.reporting.definition import Definition, Picture
from relata.engine.reporting.metrics.catalogue import metric, metrics
from relata.engine.reporting.metrics.metric import Metric
from relata.engine.reporting.reports.shelf import report
from relata.engine.reporting.result import Result
from relata.engine.reporting.running import run
from relata.engine.reporting.scans import Plan, Question, Scans
from relata.engine.reporting.wording import in_words
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound, RelataError
from relata.foundation.i18n import gettext as _


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """result: what was asked. title: of the report or metric. report: its key, "" for the card's own.
    former: of the period before, for metrics; period, former_period: what is compared. missing: filters that mean
    nothing here. at_first: the definition as it was asked."""

    result: Result
    title: str
    report: str = ""
    metric: Metric | None = None
    former: Result | None = None
    period: Period | None = None
    former_period: Period | None = None
    missing: tuple[str, ...] = ()


async def answer(work: Workspace, card: Card, chosen: Chosen, known: Known | None = None) -> Answer:
    """Of a card of the kind report or metric. NotFound for a report that is gone or not open to the reader. known:
    answers that are there already."""
    chosen = chosen if card.follows else Chosen()
    if card.kind == "metric":
        return await of_metric(work, await metric(work, card.metric), chosen, known)
    definition, title, key = await definition_of(work, card)
    found = applied(work, definition, chosen)
    result = await run(
        work, definition, extra=found.condition, known=known, beside=lambda other: applied(work, other, chosen)
    )
    return Answer(result=result, title=title, report=key, missing=found.missing, period=chosen.period)


async def planned(work: Workspace, cards: Iterable[Card], chosen: Chosen) -> Plan:
    """What these cards share."""
    asked = [card for card in cards if card.kind in ("report", "metric")]
    known = await metrics(work) if any(card.kind == "metric" for card in asked) else {}
    return await Plan.of(work, [one for card in asked for one in await _asked(work, card, chosen, known)])


async def gathered(work: Workspace, cards: Iterable[Card], chosen: Chosen) -> Scans:
    """For who answers all of these cards in one unit of work: what they share is read once."""
    return Scans(await planned(work, cards, chosen))


async def _asked(work: Workspace, card: Card, chosen: Chosen, known: Mapping[str, Metric]) -> list[Question]:
    """What a card will ask; none where it can't be asked. known: the metrics."""
    chosen = chosen if card.follows else Chosen()
    try:
        if card.kind == "metric":
            if card.metric not in known:
                return []
            definition, former = _of(one := known[card.metric]), None
            if chosen.period is not None and definition.date and one.compares:
                former = msgspec.structs.replace(chosen, period=before_so_far(chosen.period, work.clock))
            spans = [chosen, *([former] if former is not None else [])]
        else:
            definition, spans = (await definition_of(work, card))[0], [chosen]
        return [(definition, applied(work, definition, span).condition) for span in spans]
    except RelataError:
        return []


async def definition_of(work: Workspace, card: Card) -> tuple[Definition, str, str]:
    """The report behind a card, its title, and its key; "" for the card's own."""
    if card.definition is not None:
        return in_words(card.definition), "", ""
    if not card.report:
        raise NotFound(_("This card has no report."), hint=_("Choose one, or take the card away."))
    found = await report(work, card.report)
    return found.definition, found.name, found.key


def _of(one: Metric) -> Definition:
    """A metric as a report: a number, where it says nothing else."""
    definition = in_words(one.definition) if one.id is None else one.definition
    if definition.picture.kind == "table":
        return msgspec.structs.replace(definition, picture=Picture(kind="number"))
    return definition


async def of_metric(work: Workspace, one: Metric, chosen: Chosen, known: Known | None = None) -> Answer:
    """The number in the chosen period, beside the one of the period before up to the same day."""
    definition = _of(one)
    found = applied(work, definition, chosen)
    former, former_period = None, None
    if chosen.period is not None and definition.date and one.compares:
        former_period = before_so_far(chosen.period, work.clock)
        then: Applied = applied(work, definition, msgspec.structs.replace(chosen, period=former_period))
        former = await run(work, definition, extra=then.condition, known=known)
    result = await run(work, definition, extra=found.condition, known=known)
    period = so_far(chosen.period, work.clock) if chosen.period is not None else None
    return Answer(
        result=result, title=one.title, metric=one, former=former, missing=found.missing, period=period,
        former_period=former_period,
    )  # fmt: skip
