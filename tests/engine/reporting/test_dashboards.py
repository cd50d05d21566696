"""Dashboards: cards keep out of each other's way, filters mean the same, and everybody has their own numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.reporting.deals import furnish

from relata.engine.reporting.dashboards import body as bodies
from relata.engine.reporting.dashboards import shelf
from relata.engine.reporting.dashboards.answers import answer
from relata.engine.reporting.dashboards.body import Body, Card, Filter, Tab
from relata.engine.reporting.dashboards.filters import ME, Chosen, applied
from relata.engine.reporting.dashboards.periods import Period, before, before_so_far, period_of
from relata.engine.reporting.dashboards.placing import settled, with_card
from relata.engine.reporting.definition import Definition, Grouping, Measure, Picture, write
from relata.engine.reporting.metrics.catalogue import adopt, metric
from relata.engine.reporting.metrics.remarks import remarks_of
from relata.engine.reporting.metrics.why import why
from relata.engine.reporting.running import run
from relata.engine.reporting.schedules.timing import next_time
from relata.foundation.clock import Clock
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.testing.house import House

_cards = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 9), st.integers(1, 14), st.integers(1, 6)), max_size=12
).map(lambda all: [Card(id=f"c{at}", x=x, y=y, w=w, h=h) for at, (x, y, w, h) in enumerate(all)])
AMOUNT = Measure(function="sum", path="amount")
OPEN = Definition(object="opportunity", measures=(AMOUNT,), date="close_date", picture=Picture(kind="number"))


@given(_cards)
def test_cards_never_lie_upon_each_other(cards: list[Card]) -> None:
    done = settled(cards)
    assert {card.id for card in done} == {card.id for card in cards}
    places = [(x, y) for card in done for x in range(card.x, card.x + card.w) for y in range(card.y, card.y + card.h)]
    assert len(places) == len(set(places))
    assert max((x for x, _y in places), default=0) < bodies.COLUMNS
    assert settled(done) == done


def test_a_new_card_takes_the_free_place_beside_the_last() -> None:
    tab = with_card(with_card(Tab(), Card(id="a", w=8, h=4)), Card(id="b", w=4, h=4))
    assert [(card.id, card.x, card.y) for card in tab.cards] == [("a", 0, 0), ("b", 8, 0)]


@pytest.mark.parametrize("stored", [
    {"tabs": [{"cards": [{"id": "a"}, {"id": "a"}]}]}, {"tabs": [{"cards": [{"id": "a", "kind": "script"}]}]},
    {"tabs": [{"cards": [{"id": "a", "kind": "link", "href": "javascript:alert(1)"}]}]},
    {"tabs": [{"cards": [{"id": "a", "kind": "image", "href": "https://elsewhere.example/x.png"}]}]},
    {"tabs": 7}, [1],
])  # fmt: skip
def test_what_is_no_dashboard_is_refused(stored: object) -> None:
    with pytest.raises(Invalid):
        bodies.read(stored)


def test_the_period_before_is_whole_and_compared_to_the_same_day() -> None:
    clock = Clock(datetime(2026, 5, 10, 12, tzinfo=UTC), "UTC")
    quarter = period_of("this_quarter", clock)
    assert quarter == Period(date(2026, 4, 1), date(2026, 7, 1), "this_quarter")
    assert before(quarter) == Period(date(2026, 1, 1), date(2026, 4, 1))
    assert before_so_far(quarter, clock) == Period(date(2026, 1, 1), date(2026, 2, 10))
    assert period_of("2026-03-05..2026-03-06", clock) == Period(date(2026, 3, 5), date(2026, 3, 7))
    assert period_of("2026-03-07..2026-03-06", clock) is None
    assert period_of("drop table", clock) is None


@pytest.mark.parametrize(("rhythm", "more", "expected"), [
    ("daily", {}, "2026-03-29T05:00"), ("weekdays", {}, "2026-03-30T05:00"),
    ("weekly", {"weekday": 5}, "2026-04-03T05:00"), ("monthly", {"day": 31}, "2026-03-31T05:00"),
])  # fmt: skip
def test_schedules_keep_their_hour_through_a_change_of_clocks(rhythm: str, more: dict[str, int], expected: str) -> None:
    now = datetime(2026, 3, 28, 7, tzinfo=UTC)  # a Saturday; on Sunday clocks in Berlin go forward
    assert next_time(rhythm, 7, now, "Europe/Berlin", **more).isoformat().startswith(expected)


async def test_filters_are_linked_by_meaning(house: House) -> None:
    await furnish(house, 40)
    async with house.system() as work:
        industry = Filter(object="account", path="industry")
        value = (await work.first("account", "industry is not null"))["industry"]  # type: ignore[index]
        chosen = Chosen(period=Period(date(2026, 1, 1), date(2026, 7, 1)), values=((industry, (value,)),))
        told = applied(work, OPEN, chosen)
        result = await run(work, OPEN, extra=told.condition)
        expected = await work.count(
            "opportunity", f'close_date >= "2026-01-01" and close_date < "2026-07-01" and account.industry = "{value}"'
        )
        assert result.total is not None
        assert result.total.count == expected > 0
        assert told.missing == ()
        people = Definition(object="user", measures=(Measure(),))
        assert applied(work, people, chosen).missing == ("period", "Industry")


async def test_everybody_sees_their_own_numbers(house: House) -> None:
    person = await furnish(house, 40)
    card = Card(id="a", definition=OPEN)
    async with house.as_person(person) as work:
        mine = (await answer(work, card, Chosen(owner=ME))).result.total
        seen = (await answer(work, card, Chosen())).result.total
    async with house.system() as work:
        everything = (await answer(work, card, Chosen())).result.total
    assert mine is not None and seen is not None and everything is not None
    assert 0 < mine.count <= seen.count < everything.count == 40


@pytest.mark.parametrize("key", ["sales.representative", "sales.manager", "sales.owner"])
async def test_every_shipped_card_has_an_answer(house: House, key: str) -> None:
    person = await furnish(house, 20)
    async with house.as_person(person) as work:
        found = await shelf.board(work, key)
        chosen = Chosen(period=period_of(found.body.period, work.clock))
        for tab in found.body.tabs:
            assert settled(tab.cards) == tab.cards
            for card in tab.cards:
                await answer(work, card, chosen)


async def test_a_shipped_dashboard_stays_and_its_copy_is_ones_own(house: House) -> None:
    person, other = await house.person("Ada", "sales_rep"), await house.person("Bo", "sales_rep")
    async with house.as_person(person) as work:
        assert await shelf.first_board(work) == "sales.representative"
        with pytest.raises(Invalid, match="comes with a module"):
            await shelf.save(work, "sales.owner", Body())
        made = await shelf.copy(work, "sales.owner")
        assert made["name"] == "Copy of Business"
        await shelf.start_with(work, str(made.id))
        assert await shelf.first_board(work) == str(made.id)
    async with house.as_person(other) as work:
        with pytest.raises(NotFound):
            await shelf.board(work, str(made.id))
    async with house.as_person(person) as work:
        await work.sharing.grant(await work.get("dashboard", made.id), other)
    async with house.as_person(other) as work:
        found = await shelf.board(work, str(made.id))
        assert not found.may_change
        with pytest.raises((Denied, NotFound)):
            await shelf.save(work, found.key, Body())


async def test_another_definition_is_another_version_and_shows_on_charts(house: House) -> None:
    async with house.system() as work:
        record = await adopt(work, "sales.won_deals")
        other = msgspec.structs.replace((await metric(work, "sales.won_deals")).definition, where='status = "lost"')
        changed = await work.change(record, {"body": write(other), "why": "Losses count"})
        assert changed["revision"] == 2
        one = await metric(work, "sales.won_deals")
        assert [(each.version, each.note) for each in one.changes] == [(1, "Losses count")]
        same = await work.change(changed, {"body": write(other)})
        assert same["revision"] == 2
        await work.create("opportunity", {"name": "Late", "close_date": work.clock.today.replace(day=1)})
        months = Definition(object="opportunity", rows=(Grouping(path="close_date", grain="month"),))
        result = await run(work, months)
        first = result.rows[0].keys[0].value
        expected = ((0, "Losses count"),) if first >= work.clock.today else ()
        assert remarks_of(result, one) == expected


async def test_reasons_add_up_to_the_whole_change(house: House) -> None:
    await furnish(house, 60)
    async with house.system() as work:
        now, then = Period(date(2026, 1, 1), date(2026, 7, 1)), Period(date(2025, 7, 1), date(2026, 1, 1))
        told = await why(work, OPEN, Chosen(), now, then)
        assert told.dimensions
        assert told.now != told.before
        for one in told.dimensions:
            assert sum((share.change for share in one.shares), Decimal(0)) == told.now - told.before
        average = Definition(
            object="opportunity", measures=(Measure(function="average", path="amount"),), date="close_date"
        )
        with pytest.raises(Invalid, match="sums and counts"):
            await why(work, average, Chosen(), now, then)
