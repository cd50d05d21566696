"""How we fare against a competitor, and what to know of those who are in a deal."""

from __future__ import annotations

from relata.engine.formula import Binary, Call, Literal, Path
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.ui.panels import PanelItem
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.modules.sales.contracts import COMPETITOR, OPPORTUNITY
from relata.modules.sales.panels.saying import in_company_currency, seen


async def against(work: Workspace, competitor: Record) -> list[PanelItem]:
    """Open, won and lost against it, with what they are worth; how many of the decided ones we won."""
    met = Call("exists", (Path(("competitors",)), Binary("=", Path(("id",)), Literal(str(competitor.id)))))
    asked = Aggregate(OPPORTUNITY, (Measure("count"), Measure("sum", "company_amount")), (Group("status"),), met)
    rows = {row["status"]: row for row in (await work.aggregate(asked)).rows}
    counts = {status: int(row["count"]) for status, row in rows.items()}
    if not counts:
        return [PanelItem(text=_("No deal against them yet. Choose them under Competitors on a deal."))]
    decided = counts.get("won", 0) + counts.get("lost", 0)
    share = round(100 * counts.get("won", 0) / decided) if decided else 0
    items = []
    if decided:
        items.append(
            PanelItem(
                text=_("Win rate"), value=f"{share} %", meaning="good" if share >= 50 else "bad",
                note=_("%(won)s of %(decided)s decided") % {"won": counts.get("won", 0), "decided": decided},
            )
        )  # fmt: skip
    labels = (("open", _("Open"), ""), ("won", _("Won"), "good"), ("lost", _("Lost"), "bad"))
    for status, label, meaning in labels:
        if status in rows:
            worth = rows[status]["sum_company_amount"]
            count = counts[status]
            items.append(
                PanelItem(
                    text=label, meaning=meaning, amount=in_company_currency(work, worth),
                    note=ngettext("%(num)s deal", "%(num)s deals", count) % {"num": count},
                    href=f"/opportunities?where=exists(competitors%2C%20id%20%3D%20%22{competitor.id}%22)"
                    f"%20and%20status%20%3D%20%22{status}%22",
                )
            )  # fmt: skip
    return items


async def in_deal(work: Workspace, deal: Record) -> list[PanelItem]:
    """Each competitor of the deal with how to win against it."""
    rivals = seen(work, deal, "competitors") or ()
    items = []
    for one in await work.get_many(COMPETITOR, list(rivals)):
        note = seen(work, one, "answer") or seen(work, one, "weaknesses") or ""
        items.append(PanelItem(text=one["name"], note=note, href=f"/competitors/{one.id}"))
    return items
