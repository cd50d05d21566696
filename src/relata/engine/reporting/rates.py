"""What currencies are worth, from day to day, and sums of several of them in the workspace's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from relata.engine.formula import Binary, Literal, Path
from relata.engine.metadata.fields import Date, DecimalField, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Module, Role
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money

_CODE = "[A-Z]{3}"
_CODE_HINT = "Three capital letters, such as USD."
_MOST = 2000

EXCHANGE_RATE = Object(
    "exchange_rate",
    label="Exchange rate",
    help="What one unit of a currency is worth in the workspace's own, from a day on.",
    icon="banknote",
    title_field="currency",
    nav=False,
    everyone=Grant(read="all"),
    unique_together=(("currency", "base", "valid_from"),),
    fields=(
        Text(
            "currency", required=True, max_length=3, pattern=_CODE, pattern_hint=_CODE_HINT,
            help="The foreign currency, such as USD.",
        ),
        Text(
            "base", required=True, max_length=3, pattern=_CODE, pattern_hint=_CODE_HINT, label="In",
            help="The currency in which the rate is given: the workspace's own.",
        ),
        Date("valid_from", required=True, label="From", help="The day from which the rate holds."),
        DecimalField(
            "rate", required=True, minimum=0.00000001, maximum=100_000_000, places=8,
            help="What one unit is worth: 0.92 if a dollar is 0.92 euros.",
        ),
    ),
)  # fmt: skip


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit of a currency is worth, and since when."""

    currency: str
    rate: Decimal
    day: date


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """The rates that hold on a day, into `base`, by currency."""

    base: str
    known: dict[str, Rate]

    def worth(self, amount: Money) -> Money | None:
        """The amount in `base`, not rounded; None without a rate."""
        if amount.currency == self.base:
            return amount
        known = self.known.get(amount.currency)
        return Money(amount.amount * known.rate, self.base) if known else None


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts of several currencies as one. amounts: the one in the workspace's currency first, then what has no rate,
    as it is. used: the rates behind it; empty where nothing was converted. of: the amounts as they were."""

    amounts: tuple[Money, ...]
    used: tuple[Rate, ...] = ()
    of: tuple[Money, ...] = ()


async def rates_of(work: Workspace, day: date | None = None) -> Rates:
    """Those of a day, which is today if left out: for each currency the latest that had begun."""
    base, today = work.settings.currency, day or work.clock.today
    if EXCHANGE_RATE.name not in work.registry.objects:
        return Rates(base=base, known={})
    known: dict[str, Rate] = {}
    where = Binary("=", Path(("base",)), Literal(base))
    fields = ("currency", "rate", "valid_from")
    page = await work.query(Query(EXCHANGE_RATE.name, where, parse_order("-valid_from"), fields, _MOST, few=True))
    for row in page.values():
        if row["valid_from"] <= today and row["currency"] != base:
            one = Rate(currency=row["currency"], rate=row["rate"], day=row["valid_from"])
            known.setdefault(one.currency, one)
    return Rates(base=base, known=known)


def converted(amounts: Iterable[Money], rates: Rates) -> Converted:
    """The sum, as far as there are rates. What has none is never added: it stands beside the sum."""
    given = tuple(amounts)
    used = {one.currency: rates.known[one.currency] for one in given if one.currency in rates.known}
    if not used:
        return Converted(amounts=given, of=given)
    total = sum((worth for one in given if (worth := rates.worth(one)) is not None), Money(Decimal(0), rates.base))
    left = [one for one in given if rates.worth(one) is None]
    return Converted(amounts=(total.rounded(), *left), used=tuple(used.values()), of=given)


def averaged(averages: Iterable[tuple[Money, int]], rates: Rates) -> Converted:
    """The average of all records from that of each currency and the number of its records."""
    told = {one.currency: (one, number) for one, number in averages}
    sums = converted([Money(one.amount * number, one.currency) for one, number in told.values()], rates)
    amounts, given = sums.amounts, tuple(one for one, _ in told.values())
    if not sums.used:
        return Converted(amounts=given, of=given)
    total = sum(number for one, number in told.values() if rates.worth(one) is not None)
    average = Money(amounts[0].amount / total, rates.base).rounded()
    return Converted(amounts=(average, *(told[one.currency][0] for one in amounts[1:])), used=sums.used, of=given)


def outermost(function: str, amounts: Iterable[Money], rates: Rates) -> Converted:
    """The least (`min`) or the greatest (`max`) of what each currency has."""
    given = tuple(amounts)
    if not any(one.currency in rates.known for one in given):
        return Converted(amounts=given, of=given)
    choose = min if function == "min" else max
    found = choose((worth for one in given if (worth := rates.worth(one)) is not None), key=lambda one: one.amount)
    left = [one for one in given if rates.worth(one) is None]
    used = tuple(rates.known[one.currency] for one in given if one.currency in rates.known)
    return Converted(amounts=(found.rounded(), *left), used=used, of=given)


#: Of the demo company, into euros; made up, like everything there.
_DEMO = (("CHF", "1.06"), ("GBP", "1.17"), ("SEK", "0.088"), ("USD", "0.92"))


async def demo(work: Workspace) -> None:
    """The rates of the currencies in which the company's customers pay."""
    if work.settings.currency != "EUR" or await work.first(EXCHANGE_RATE.name):
        return
    this_month = work.clock.today.replace(day=1)
    for days, factor in ((400, "0.98"), (200, "1.01"), (0, "1")):
        for currency, rate in _DEMO:
            known = {"currency": currency, "base": "EUR", "valid_from": this_month - timedelta(days=days)}
            await work.create(EXCHANGE_RATE.name, known | {"rate": round(Decimal(rate) * Decimal(factor), 6)})


MODULE = Module(
    "currencies",
    "Currencies",
    "What other currencies are worth, so that sums can be told in one.",
    essential=True,
    objects=(EXCHANGE_RATE,),
    roles=(Role("member", grants={EXCHANGE_RATE.name: Grant("all")}),),
    demo=demo,
)
