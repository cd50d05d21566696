"""Amounts in the currency in which a person thinks: the one they chose, else the workspace's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from relata.engine.metadata.fields import MoneyField
from relata.engine.metadata.object import Object
from relata.engine.reporting.rates import Rate, Rates, rates_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money

#: Decimals of a rate that was worked out from two others.
_PLACES = Decimal("1e-12")


def reader_currency(work: Workspace) -> str:
    """What the person chose, else the workspace's own."""
    return work.actor.preferences.currency or work.settings.currency


async def reader_rates(work: Workspace, day: date | None = None) -> Rates:
    """Those of a day, which is today if left out, into the reader's currency; into the workspace's own where there is
    no rate for the reader's."""
    return into(await rates_of(work, day), reader_currency(work))


def into(rates: Rates, currency: str) -> Rates:
    """The same rates into another currency, worked out over the one that they have. As they are where that one has
    none."""
    if currency == rates.base or currency not in rates.known:
        return rates
    own = rates.known[currency]
    known = {
        code: Rate(currency=code, rate=(one.rate / own.rate).quantize(_PLACES), day=min(one.day, own.day))
        for code, one in rates.known.items()
        if code != currency
    }
    known[rates.base] = Rate(currency=rates.base, rate=(1 / own.rate).quantize(_PLACES), day=own.day)
    return Rates(base=currency, known=known)


async def worths_of(work: Workspace, one: Object, values: Mapping[str, Any]) -> dict[str, Money]:
    """What the amounts of a record are in the reader's currency, by field: at the rates of the day that the field
    names, else of today. Amounts that are in it already, and such without a rate, are left out."""
    wanted = reader_currency(work)
    amounts = {name: value for name, value in values.items() if isinstance(value, Money) and value.currency != wanted}
    found: dict[str, Money] = {}
    for day, names in _by_day(one, amounts, values).items():
        rates = await reader_rates(work, day)
        for name in names:
            told = rates.worth(amounts[name])
            if told is not None and amounts[name].currency != rates.base:
                found[name] = told.rounded()
    return found


def _by_day(one: Object, names: Iterable[str], values: Mapping[str, Any]) -> dict[date | None, list[str]]:
    days: dict[date | None, list[str]] = {}
    for name in names:
        field = one.all_fields[name]
        day = values.get(field.rated_on) if isinstance(field, MoneyField) and field.rated_on else None
        days.setdefault(day if isinstance(day, date) else None, []).append(name)
    return days
