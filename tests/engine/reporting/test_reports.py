"""What reports do beside adding up: the largest and the rest, formulas, comparisons, currencies, and what is gone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.engine.reporting.deals import furnish

from relata.engine.reporting.definition import Definition, Grouping, Measure, read, write
from relata.engine.reporting.prompts import answered
from relata.engine.reporting.reports.shipped import shipped_reports
from relata.engine.reporting.result import Result
from relata.engine.reporting.running import run
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, LimitReached
from relata.testing.house import House

COUNT = Measure()
AMOUNT = Measure(function="sum", path="amount")


async def make(work: Workspace, *deals: tuple[str, float, str]) -> None:
    """Deals with a source, an amount and a close date."""
    for number, (source, amount, day) in enumerate(deals):
        values = {"name": f"Deal {number}", "source": source or None, "amount": amount, "close_date": day or None}
        await work.create("opportunity", values)


def deals(**more: Any) -> Definition:
    return Definition(object="opportunity", **more)


def column(result: Result, measure: int = 0) -> list[Any]:
    """The figures of the first column, row by row."""
    return [result.value(row, 0, measure) for row in range(len(result.rows))]


def labels(result: Result) -> list[str]:
    return [head.key.id if head.key else "total" for head in result.rows]


SPREAD = [("website", 10, ""), ("website", 20, ""), ("event", 5, ""), ("referral", 1, ""), ("", 2, "")]


async def test_the_largest_stay_and_the_rest_is_one_group(house: House) -> None:
    for function in ("sum", "median"):  # one follows from its parts, the other is asked for anew
        async with house.system() as work:
            await make(work, *SPREAD)
            measures = (Measure(function=function, path="amount"), COUNT)
            result = await run(work, deals(rows=(Grouping(path="source", top=2, sort="-value"),), measures=measures))
            assert labels(result) == ["website", "event", "rest", "total"]
            assert column(result, 1) == [2, 1, 2, 5]
            assert column(result)[2:] == ([3, 38] if function == "sum" else [Decimal("1.5"), 5])
            assert await work.count("opportunity", result.drill_of(2, 0)) == 2
            for deal in await work.find("opportunity"):
                await work.delete(deal)


async def test_without_others_only_the_largest_count(house: House) -> None:
    async with house.system() as work:
        await make(work, *SPREAD)
        grouping = Grouping(path="source", top=1, others=False)
        result = await run(work, deals(rows=(grouping,), measures=(AMOUNT, COUNT)))
        assert column(result, 1) == [2, 2]
        assert await work.count("opportunity", result.drill_of(1, 0)) == 2


async def test_choices_and_periods_without_records_are_shown_where_one_wants_them(house: House) -> None:
    async with house.system() as work:
        await make(work, ("website", 1, "2026-01-31"), ("event", 1, "2026-04-01"))
        months = Grouping(path="close_date", grain="month", show_empty=True)
        result = await run(work, deals(rows=(months,)))
        days = [head.key.value if head.key else None for head in result.rows]
        assert days == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1), None]
        assert column(result) == [1, None, None, 1, 2]  # nothing is invented
        sources = await run(work, deals(rows=(Grouping(path="source", show_empty=True),)))
        options = work.registry.get("opportunity").all_fields["source"].options  # type: ignore[attr-defined]
        assert labels(sources) == [*(option.value for option in options), "total"]


async def test_a_formula_over_figures_divides_by_zero_in_silence(house: House) -> None:
    async with house.system() as work:
        await make(work, ("website", 0, "2026-01-01"), ("event", 30, "2026-01-01"), ("event", 10, "2026-01-01"))
        measures = (
            Measure(name="all", hidden=True),
            Measure(name="large", where="amount > 20", hidden=True),
            Measure(function="formula", expression="large / all", unit="percent", label="Large"),
            Measure(function="formula", expression="all / large"),
        )
        result = await run(work, deals(rows=(Grouping(path="source"),), measures=measures))
        assert {label: result.value(at, 0) for at, label in enumerate(labels(result))} == {
            "website": 0, "event": 50, "total": Decimal("33.3333333333"),
        }  # fmt: skip
        assert result.value(labels(result).index("website"), 0, 1) is None
        assert [one.kind for one in result.measures] == ["percent", "number"]


async def test_what_is_shown_of_a_sum(house: House) -> None:
    async with house.system() as work:
        await make(work, ("", 10, "2025-01-15"), ("", 30, "2025-03-15"), ("", 60, "2026-01-15"))
        shows = ("share_of_total", "running", "difference", "change", "difference_year", "change_year")
        measures = tuple(Measure(function="sum", path="amount", show=show) for show in shows)
        result = await run(work, deals(rows=(Grouping(path="close_date", grain="month"),), measures=measures))
        share, running, difference, change, year, of_year = (column(result, at) for at in range(6))
        assert share == [10, 30, 60, 100]
        assert running == [10, 40, 100, 100]
        assert difference == [None, 30, 60, None]  # February had none, and so had December
        assert change == [None, None, None, None]
        assert year == [None, None, 50, None]
        assert of_year == [None, None, 500, None]


async def test_amounts_are_converted_at_the_rates_of_their_days(house: House) -> None:
    async with house.system() as work:
        today = work.clock.today
        for days, rate in ((100, "0.5"), (10, "0.8")):
            values = {"currency": "USD", "base": "EUR", "valid_from": today - timedelta(days=days), "rate": rate}
            await work.create("exchange_rate", values)
        for currency, days in (("USD", 50), ("USD", 5), ("USD", 200), ("EUR", 5), ("CHF", 5)):
            amount = {"amount": 100, "currency": currency}
            day = today - timedelta(days=days)
            await work.create("opportunity", {"name": currency, "amount": amount, "close_date": day})
        now = await run(work, deals(measures=(AMOUNT,)))
        then = await run(work, deals(measures=(AMOUNT,), date="close_date", rates="then"))
    assert (now.value(0, 0), then.value(0, 0)) == (340, 230)
    assert [note.kind for note in now.notes] == [note.kind for note in then.notes] == ["converted", "unconverted"]
    assert now.notes[0].rates[0].rate == Decimal("0.8")


async def test_fiscal_years_begin_in_the_month_of_the_workspace(house: House) -> None:
    async with house.system() as work:
        before = work.context.settings
        work.context.settings = msgspec.structs.replace(before, fiscal_month=4)
        try:
            await make(work, ("", 1, "2026-03-31"), ("", 1, "2026-04-01"), ("", 1, "2026-12-31"))
            years, quarters = [
                await run(work, deals(rows=(Grouping(path="close_date", grain=grain),)))
                for grain in ("fiscal_year", "fiscal_quarter")
            ]
            counted = await work.count("opportunity", years.drill_of(1, 0))
        finally:
            work.context.settings = before
    assert [head.key.value for head in years.rows[:-1] if head.key] == [date(2025, 4, 1), date(2026, 4, 1)]
    assert [head.key.value for head in quarters.rows[:-1] if head.key] == [
        date(2026, 1, 1), date(2026, 4, 1), date(2026, 10, 1),
    ]  # fmt: skip
    assert counted == 2


async def test_expressions_count_related_records_and_group_by_them(house: House) -> None:
    async with house.system() as work:
        account = (await work.create("account", {"name": "Acme"})).id
        await work.create("account", {"name": "Silent"})
        for name in ("A", "B"):
            await work.create("contact", {"name": {"last": name}, "account": account})
        definition = Definition(
            object="account",
            rows=(Grouping(expression="count(contacts)", label="Contacts"),),
            measures=(COUNT, Measure(function="sum", expression="count(contacts)")),
        )
        result = await run(work, definition)
        counted = await work.count("account", result.drill_of(1, 0))
    assert [head.key.value for head in result.rows[:-1] if head.key] == [0, 2]
    assert (column(result, 1), counted) == ([0, 2, 2], 1)


async def test_what_is_gone_is_told_and_the_rest_shows(house: House) -> None:
    async with house.system() as work:
        await make(work, *SPREAD)
        measures = (COUNT, Measure(function="sum", path="no_field"), Measure(function="formula", expression="m2 / m1"))
        result = await run(work, deals(rows=(Grouping(path="gone"), Grouping(path="source")), measures=measures))
        assert (len(result.row_levels), len(result.measures)) == (1, 1)
        assert "gone" in {note.kind for note in result.notes}
        with pytest.raises(Invalid, match="filter"):
            await run(work, deals(where="no_field > 3"))
        with pytest.raises(Invalid):
            await run(work, deals(measures=measures[1:]))


async def test_a_field_that_one_may_not_read_is_gone_for_them(house: House) -> None:
    person = await house.person("Narrow", "sales_rep")
    async with house.system() as work:
        await work.create("product", {"name": "Pump", "unit_cost": 3})
    measures = (Measure(), Measure(function="sum", path="unit_cost"), Measure(where="unit_cost > 2"))
    async with house.as_person(person) as work:
        result = await run(work, Definition(object="product", measures=measures))
    assert [one.name for one in result.measures] == ["m1"]
    assert [note.text for note in result.notes if note.kind == "gone"] == [
        "A field of this report is gone or not open to you."
    ]


async def test_what_takes_too_long_is_stopped_and_the_rest_goes_on(house: House) -> None:
    await furnish(house, count=150)
    async with house.system() as work:
        slow = "count(account.opportunities, count(account.opportunities) > 1) > 0"
        with pytest.raises(LimitReached):
            await run(work, deals(where=slow), seconds=0.001)
        assert (await run(work, deals())).value(0, 0) == 150


async def test_too_many_groups_show_the_largest_and_the_total_of_all(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr("relata.engine.reporting.asking.MAX_GROUPS", 2)
    async with house.system() as work:
        await make(work, *SPREAD)
        result = await run(work, deals(rows=(Grouping(path="name"), Grouping(path="source")), measures=(AMOUNT,)))
    leaves = [result.value(at, 0) for at in result.row_leaves]
    assert leaves == [10, 20]
    assert result.value(len(result.rows) - 1, 0) == 38
    assert [note.kind for note in result.notes] == ["truncated"]


def test_a_definition_comes_back_as_it_was_kept() -> None:
    definition = deals(rows=(Grouping(path="amount", buckets=(Decimal(1), Decimal("2.5"))),), measures=(AMOUNT,))
    assert read(write(definition)) == definition
    wrongs: tuple[object, ...] = ({"object": 3}, {"rows": []}, [], {"object": "a", "rows": [{"buckets": ["x"]}]})
    for wrong in wrongs:
        with pytest.raises(Invalid):
            read(wrong)


async def test_every_report_that_a_module_ships_answers_for_a_representative(house: House) -> None:
    person = await furnish(house, count=40)
    async with house.as_person(person) as work:
        for one in shipped_reports(work):
            result = await run(work, one.definition)
            assert not [note.text for note in result.notes if note.kind == "gone"], one.key
            answers = {prompt.name: ["this_year"] for prompt in one.definition.prompts}
            assert (answered(work, one.definition, answers) is not None) == bool(answers)
