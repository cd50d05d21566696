"""What the address of a dashboard asks for: tab, period, whose records, further filters, as which role."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec

from relata.engine.reporting.dashboards.body import Body, Card
from relata.engine.reporting.dashboards.filters import ME, MY_TEAMS, Chosen
from relata.engine.reporting.dashboards.periods import period_of
from relata.engine.reporting.dashboards.shelf import Board, board
from relata.engine.workspace.viewing import viewed_as
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.web.ground import Visit

PLACE = "/dashboard"
#: Of the address; the dashboard's own filters are f0, f1, ... by their place.
_NAMES = ("tab", "period", "since", "until", "owner", "team", "as")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A dashboard as the address wants it. period: as the address has it, or as the dashboard opens."""

    board: Board
    tab: int
    period: str
    chosen: Chosen
    query: dict[str, str]
    role: str = ""

    def href(self, suffix: str = "", **changes: str) -> str:
        """The same with other parameters; an empty one is left out."""
        found = {name: value for name, value in {**self.query, **changes}.items() if value}
        text = urlencode(found, quote_via=quote)
        return f"{PLACE}/{self.board.key}{suffix}" + (f"?{text}" if text else "")


async def asked(work: Workspace, request: Visit, key: str) -> tuple[Workspace, Asked]:
    """The dashboard and what is asked of it, and the workspace to ask in: one's own, or as a role sees it."""
    return await asked_of(work, request.query_params, key)


async def asked_of(work: Workspace, query: Mapping[str, str], key: str) -> tuple[Workspace, Asked]:
    """The same from the parameters alone."""
    found = await board(work, key)
    names = (*_NAMES, *(f"f{at}" for at in range(len(found.body.filters))))
    kept = {name: query[name][:200] for name in names if query.get(name)}
    period = _period(query, found.body)
    role = kept.get("as", "")
    eyes = viewed_as(work, role) if role else work
    chosen = Chosen(
        period=period_of(period, work.clock), owner=_one_of(kept.get("owner", ""), ME),
        team=_one_of(kept.get("team", ""), MY_TEAMS),
        values=tuple(
            (one, (kept[f"f{at}"],)) for at, one in enumerate(found.body.filters) if kept.get(f"f{at}")
        ),
    )  # fmt: skip
    tab = int(kept.get("tab", "0")) if kept.get("tab", "0").isdecimal() else 0
    if kept.get("period") == "custom" and period != "custom":
        kept["period"] = period
    return eyes, Asked(
        board=found, tab=min(tab, len(found.body.tabs) - 1), period=period, chosen=chosen, query=kept, role=role
    )


def card_of(found: Asked, key: str) -> Card:
    """One of its cards; NotFound for none."""
    card = found.board.body.card(key)
    if card is None:
        raise NotFound(_("There is no such card."), hint=_("Somebody may have taken it away. Reload the page."))
    return card


def _period(query: Mapping[str, str], body: Body) -> str:
    if "period" not in query:
        return body.period
    if query["period"] == "custom" and query.get("since") and query.get("until"):
        return f"{query['since']}..{query['until']}"
    return query["period"][:40]


def _one_of(text: str, word: str) -> str:
    """The word or an id; "" for anything else."""
    found: UUID | None = parse_id(text)
    return text if text == word else str(found or "")
