"""How good the records of an object are: the figures of the screen, with the filters behind them."""

from __future__ import annotations

from typing import Any

from relata.engine.reporting.quality.measuring import Line, measure
from relata.engine.reporting.quality.uniqueness import unique_shares
from relata.engine.workspace.field_reads import unread
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route

BY = {"by": "owner or source, for a line of each; owner if left out."}


async def read_quality(call: Call) -> Answer:
    """Shares are 0-100, null where there is nothing to count. 429 for an object that is too large to be measured while
    somebody waits."""
    found = parameters.read(call.query, tuple(BY))
    by = "created_via" if parameters.one_of(found, "by", ("owner", "source")) == "source" else "owner"

    async def attempt(work: Workspace) -> Answer:
        require(work, "manage_objects")
        one = work.readable_object(call.names["object"])
        quality = await measure(work, one, by)
        everything = work.as_system()
        whole = await unique_shares(everything, one, "", {None: quality.total.records})
        unique = await unique_shares(everything, one, by, {line.key: line.records for line in quality.groups})
        fields = [
            {
                "name": each.field.name, "of": each.of, "filled": each.filled, "breaking": each.breaking,
                "lacking": each.lacking,
            }
            for each in quality.fields
        ]  # fmt: skip
        rules = [{"name": each.rule.name, "breaking": each.breaking, "where": each.where} for each in quality.rules]
        return answers.json({
            "object": one.name, **_told(quality.total, whole.get(None)), "stale": quality.stale, "fields": fields,
            "rules": rules,
            "by": [{"key": line.key, **_told(line, unique.get(line.key))} for line in quality.groups],
            "unread": sorted(await unread(work, one) or ()),
        })  # fmt: skip

    return await call.read(attempt)


def _told(line: Line, unique: float | None) -> dict[str, Any]:
    return {
        "records": line.records, "complete": line.complete, "valid": line.valid, "fresh": line.fresh, "unique": unique,
    }  # fmt: skip


ROUTES = (Route("GET", "/admin/quality/{object}", read_quality),)
