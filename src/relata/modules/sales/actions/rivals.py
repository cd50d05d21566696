"""Competitors were words on deals and in reviews before they were records. In a workspace that is older than that, each
word becomes a competitor once, and the deals and reviews link to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.workspace.left_columns import left_values
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import rules
from relata.modules.sales.contracts import COMPETITOR, DEAL_REVIEW, OPPORTUNITY

_LOG = logging.getLogger(__name__)
_CHUNK = 1000


async def fill_competitors(work: Workspace) -> None:
    """What deals and reviews link to already stays."""
    deals = await left_values(work, "words_of_competitors", OPPORTUNITY, "competitors")
    reviews = await left_values(work, "words_of_reviewed_competitors", DEAL_REVIEW, "competitor")
    names = rules.rival_names(word for words in (*deals.values(), reviews.values()) for word in words)
    known = await _known(work, names)

    def rivals(words: Sequence[str]) -> list[UUID]:
        return [known[key] for key in rules.rival_names(words)]

    changes: list[tuple[UUID, dict[str, Any]]] = []
    for key, words in deals.items():
        linked = (await work.get(OPPORTUNITY, key))["competitors"] or ()
        changes.append((key, {"competitors": tuple(dict.fromkeys((*linked, *rivals(words))))}))
    await _write(work, OPPORTUNITY, changes)
    answers = [(key, rivals([word])) for key, word in reviews.items()]
    await _write(work, DEAL_REVIEW, [(key, {"rival": found[0]}) for key, found in answers if found])


async def _known(work: Workspace, names: dict[str, str]) -> dict[str, UUID]:
    """The competitors of these names, those that were missing made now."""
    if not names:
        return {}
    known: dict[str, UUID] = {}
    after = ""
    while True:
        page = await work.query(Query(COMPETITOR, fields=("id", "name"), limit=MAX_LIMIT, after=after))
        known |= {key: row["id"] for row in page.values() for key in rules.rival_names([row["name"] or ""])}
        after = page.next
        if not after:
            break
    for key, name in names.items():
        if key not in known:
            known[key] = (await work.create(COMPETITOR, {"name": name})).id
    return known


async def _write(work: Workspace, name: str, changes: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
    """A record that can't be changed now, because it waits for approval, keeps its words in the column it had."""
    for start in range(0, len(changes), _CHUNK):
        for outcome in await work.change_many(name, changes[start : start + _CHUNK]):
            if outcome.did == "refused":
                _LOG.warning("The competitors of a record could not be linked: %s", outcome)
