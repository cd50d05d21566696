"""All metrics that somebody can use: kept ones, and those that modules ship as long as no kept one has their key."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.query.request import Query, parse_order
from relata.engine.reporting import definition as definitions
from relata.engine.reporting.metrics.metric import Change, Metric
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

_MOST = 300
_FIELDS = ("id", "name", "key", "description", "better", "least", "body", "revision", "changes", "owner")


async def metrics(work: Workspace) -> dict[str, Metric]:
    """By key. What is broken is left out; whoever asks for it by key hears why."""
    found = {one.key: one for module in work.registry.modules.values() for one in module.metrics if _is_open(work, one)}
    query = Query("metric", order=parse_order("name"), fields=_FIELDS, limit=_MOST, few=True)
    for row in (await work.query(query)).values():
        try:
            one = _metric(row)
        except Invalid:
            continue
        if _is_open(work, one):
            found[one.key] = one
    return found


def lacking(work: Workspace) -> tuple[Metric, ...]:
    """Those that modules name and nobody can count yet: openly no data, rather than an invented number."""
    return tuple(one for module in work.registry.modules.values() for one in module.metrics if one.needs)


async def metric(work: Workspace, key: str) -> Metric:
    """One of them; NotFound for none, and for one over records that are not open to the reader."""
    found = (await metrics(work)).get(key)
    if found is None:
        raise NotFound(
            _("There is no metric %(key)s.") % {"key": key[:80]}, code="unknown_metric",
            hint=_("It may have been deleted, or be about records that are not open to you."),
        )  # fmt: skip
    return found


async def adopt(work: Workspace, key: str) -> Record:
    """A shipped metric as a record, so that it can be defined otherwise."""
    one = await metric(work, key)
    if one.id is not None:
        return await work.get("metric", one.id)
    return await work.create(
        "metric",
        {"name": one.title, "key": one.key, "description": one.advice, "better": one.better, "least": one.least,
         "body": definitions.write(one.definition)},
    )  # fmt: skip


def _is_open(work: Workspace, one: Metric) -> bool:
    target = work.registry.objects.get(one.definition.object)
    return target is not None and bool(work.actor.rights.level(target, "read"))


def _metric(row: dict[str, Any]) -> Metric:
    return Metric(
        key=str(row["key"]), label=str(row["name"]), help=str(row["description"] or ""),
        definition=definitions.read(row["body"]), better=str(row["better"] or "neither"),
        least=row["least"] or 0, version=row["revision"] or 1,
        changes=msgspec.convert(row["changes"] or (), tuple[Change, ...], strict=False),
        id=row["id"], owner=row["owner"],
    )  # fmt: skip
