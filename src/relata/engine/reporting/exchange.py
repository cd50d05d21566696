"""The rates by which a report makes one currency of many, and what it says about that."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby

from relata.engine.formula import Binary, Literal, Node, Path
from relata.engine.query.request import MAX_LIMIT, Query, parse_order
from relata.engine.query.tabulation import Exchange, Worth
from relata.engine.reporting.rates import EXCHANGE_RATE, Rate, rates_of
from relata.engine.reporting.result import Note
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

#: More rates than this are of nobody's use in one report; the oldest are left out.
_MOST = 20_000


async def exchange_of(work: Workspace, *, then: Node | None) -> Exchange:
    """Today's rates, or all that there were where each record has its own day."""
    base = work.settings.currency
    known = work.registry.objects.get(EXCHANGE_RATE.name)
    if known is None or not work.actor.rights.level(known, "read"):
        return Exchange(base)
    if then is None:
        rates = await rates_of(work)
        return Exchange(base, tuple(Worth(one.currency, one.rate, one.day) for one in rates.known.values()))
    return Exchange(base, await _dated(work, base), then)


async def _dated(work: Workspace, base: str) -> tuple[Worth, ...]:
    rows: list[tuple[str, date, Decimal]] = []
    after = ""
    while len(rows) < _MOST:
        query = Query(
            EXCHANGE_RATE.name, Binary("=", Path(("base",)), Literal(base)), parse_order("-valid_from"),
            ("currency", "rate", "valid_from"), MAX_LIMIT, after,
        )  # fmt: skip
        page = await work.query(query)
        rows += [(row["currency"], row["valid_from"], row["rate"]) for row in page.values() if row["currency"] != base]
        after = page.next
        if not after:
            break
    found = []
    for currency, rates in groupby(sorted(rows), key=lambda row: row[0]):
        dated = [(day, rate) for _, day, rate in rates]
        ends = [*(day for day, _rate in dated[1:]), None]
        found += [Worth(currency, rate, day, until) for (day, rate), until in zip(dated, ends, strict=True)]
    return tuple(found)


def notes_of(exchange: Exchange, foreign: int, without_rate: int) -> list[Note]:
    """What there is to say about amounts in other currencies."""
    notes = []
    if foreign and exchange.then is not None:
        text = _("Amounts in other currencies are converted to %(currency)s at the rates of their days.")
        notes.append(Note(kind="converted", text=text % {"currency": exchange.base}))
    elif foreign:
        text = _("Amounts in other currencies are converted to %(currency)s at the rates that hold today.")
        notes.append(Note(kind="converted", text=text % {"currency": exchange.base}, rates=_rates(exchange)))
    if without_rate:
        text = _("Some amounts are in currencies without a rate to %(currency)s; they are not in the sums.")
        notes.append(Note(kind="unconverted", text=text % {"currency": exchange.base}))
    return notes


def _rates(exchange: Exchange) -> tuple[Rate, ...]:
    return tuple(
        Rate(currency=one.currency, rate=one.rate, day=one.since) for one in exchange.worth if one.since is not None
    )
