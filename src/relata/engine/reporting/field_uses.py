"""Where a field is used in what people ask: reports, metrics, dashboards, alerts. What is deleted leaves the rest of a
report or dashboard standing, with a note; so these uses are told beforehand and hold nobody up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.query.request import Query
from relata.engine.reporting import definition as definitions
from relata.engine.reporting.dashboards import body as bodies
from relata.engine.reporting.dashboards.body import Body
from relata.engine.reporting.definition import Definition
from relata.engine.rules.reading import fields_read
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

_PAGE = 500
Uses = Callable[[Definition], bool]


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """kind: report, metric, dashboard or metric_alert. id: of the record; None for what a module ships. key: of what
    is shipped, and of metrics."""

    kind: str
    title: str
    id: UUID | None = None
    key: str = ""


async def uses_of_field(work: Workspace, object_name: str, field: str) -> list[Use]:
    """As far as `work` sees: a system's sees those of everybody. Dashboards count by their own cards, by the reports
    and metrics on them and by their filters; alerts by their metric."""

    @cache
    def reads(about: str, text: str) -> bool:
        one = work.registry.objects.get(about)
        return one is not None and (object_name, field) in fields_read(work.registry, one, text)

    def uses(asked: Definition) -> bool:
        return any(reads(asked.object, text) for text in _texts(asked))

    reports = [*_shipped_reports(work, uses), *[one async for one in _kept(work, "report", uses)]]
    metrics = [*_shipped_metrics(work, uses), *[one async for one in _kept(work, "metric", uses)]]
    known = {one.key or str(one.id) for one in reports}
    keys = {one.key for one in metrics}

    def in_body(body: Body) -> bool:
        cards = (card for tab in body.tabs for card in tab.cards)
        by_filter = any(reads(one.object, one.path) for one in body.filters)
        return by_filter or any(
            card.report in known or card.metric in keys or (card.definition is not None and uses(card.definition))
            for card in cards
        )

    found = [*reports, *metrics, *_shipped_dashboards(work, in_body)]
    async for row in _rows(work, "dashboard", "id", "name", "body"):
        body = _body(row["body"])
        if body is not None and in_body(body):
            found.append(Use(kind="dashboard", title=str(row["name"]), id=row["id"]))
    async for row in _rows(work, "metric_alert", "id", "metric"):
        if row["metric"] in keys:
            found.append(Use(kind="metric_alert", title=str(row["metric"]), id=row["id"]))
    return found


def _texts(asked: Definition) -> Iterator[str]:
    """Everything in a definition that names fields; a formula over figures names figures."""
    yield from (text for text in (asked.where, asked.date) if text)
    for group in (*asked.rows, *asked.columns):
        yield from (text for text in (group.path, group.expression) if text)
    for measure in asked.measures:
        own = (measure.path, measure.where, "" if measure.function == "formula" else measure.expression)
        yield from (text for text in own if text)
    yield from (prompt.path for prompt in asked.prompts if prompt.path)


def _shipped_reports(work: Workspace, uses: Uses) -> Iterator[Use]:
    for module in work.registry.modules.values():
        for one in module.reports:
            if uses(one.definition):
                yield Use(kind="report", title=one.title, key=one.key)


def _shipped_metrics(work: Workspace, uses: Uses) -> Iterator[Use]:
    for module in work.registry.modules.values():
        for one in module.metrics:
            if uses(one.definition):
                yield Use(kind="metric", title=one.title, key=one.key)


def _shipped_dashboards(work: Workspace, uses: Callable[[Body], bool]) -> Iterable[Use]:
    for module in work.registry.modules.values():
        for one in module.dashboards:
            if uses(one.body):
                yield Use(kind="dashboard", title=one.title, key=one.key)


async def _kept(work: Workspace, name: str, uses: Uses) -> AsyncIterator[Use]:
    async for row in _rows(work, name, "id", "name", "body", *(("key",) if name == "metric" else ())):
        asked = _definition(row["body"])
        if asked is not None and uses(asked):
            yield Use(kind=name, title=str(row["name"]), id=row["id"], key=str(row.get("key", "")))


async def _rows(work: Workspace, name: str, *fields: str) -> AsyncIterator[dict[str, Any]]:
    """Every record of an object, page by page."""
    after, is_first = "", True
    while name in work.registry.objects and (after or is_first):
        page = await work.query(Query(name, fields=fields, limit=_PAGE, after=after))
        for row in page.values():
            yield row
        after, is_first = page.next, False


def _definition(body: Any) -> Definition | None:
    try:
        return definitions.read(body)
    except Invalid:
        return None


def _body(stored: Any) -> Body | None:
    try:
        return bodies.read(stored)
    except Invalid:
        return None
