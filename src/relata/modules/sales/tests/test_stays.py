"""Where a deal was, and for how long: the history follows every move and ends where the deal is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import contracts, rules
from relata.modules.sales.actions.stays import fill_stays
from relata.modules.sales.contracts import OPPORTUNITY, STAGE_STAY
from relata.modules.sales.tests.test_deals import deal, stage
from relata.testing.house import House

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
STAGES = [UUID(int=number) for number in range(1, 5)]
moves = st.lists(st.tuples(st.sampled_from(STAGES), st.integers(-5, 500)), min_size=1, max_size=20)


async def history(work: Workspace, deal_id: UUID) -> list[Record]:
    """The stays of a deal, the oldest first."""
    return await work.find(STAGE_STAY, opportunity=deal_id, order="entered_at,created_at")


def told(stays: list[Record]) -> list[tuple[str, bool]]:
    """Names of the stages, and whether the deal is still there."""
    return [(stay["name"], stay["left_at"] is None) for stay in stays]


@given(moves)
def test_stays_replay_to_the_last_arrival_without_gaps(given_moves: list[tuple[UUID, int]]) -> None:
    at, arrivals = START, []
    for key, hours in given_moves:
        at += timedelta(hours=hours)
        arrivals.append(rules.Arrival(key, at))
    stays = rules.stays_of(arrivals)
    assert rules.present_stage(stays) == arrivals[-1].stage
    assert [one.left_at for one in stays[:-1]] == [one.entered_at for one in stays[1:]]
    assert [one.went_to for one in stays[:-1]] == [one.stage for one in stays[1:]]
    whole = sum((one.duration or timedelta() for one in stays), timedelta())
    assert whole == stays[-1].entered_at - stays[0].entered_at


async def test_a_deal_has_one_stay_that_lasts_also_after_reopening(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, "Qualification")
        made = await work.change(made, {"stage": (await stage(work, "Proposal")).id})
        await work.run(contracts.LoseOpportunity(made.id, "price"))
        await work.run(contracts.ReopenOpportunity(made.id))
        stays = await history(work, made.id)
        now = await work.get(OPPORTUNITY, made.id)
    names = [("Qualification", False), ("Proposal", False), ("Lost", False), ("Qualification", True)]
    assert told(stays) == names
    assert stays[-1]["stage"] == now["stage"]
    assert stays[-1]["entered_at"] == now["stage_changed_at"]


async def test_a_known_moment_of_the_move_counts(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, "Qualification", stage_changed_at=START)
        later = START + timedelta(days=9)
        await work.change(made, {"stage": (await stage(work, "Proposal")).id, "stage_changed_at": later})
        first, second = await history(work, made.id)
    assert (first["duration"], first["went_to"], second["came_from"]) == (
        timedelta(days=9), second["stage"], first["stage"],
    )  # fmt: skip


async def test_many_deals_at_once_keep_their_histories(house: House) -> None:
    async with house.system() as work:
        proposal, won = await stage(work, "Proposal"), await stage(work, "Won")
        rows = [{"name": f"Deal {number}", "stage": proposal.id} for number in range(5)]
        ids = [one.id for one in await work.create_many(OPPORTUNITY, rows)]
        await work.change_many(OPPORTUNITY, [(key, {"stage": won.id}) for key in ids if key])
        histories = [told(await history(work, key)) for key in ids if key]
    assert histories == [[("Proposal", False), ("Won", True)]] * 5


async def test_the_bin_gives_a_deal_back_with_its_history(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        await work.delete((OPPORTUNITY, made.id))
        assert await history(work, made.id) == []
        await work.restore((OPPORTUNITY, made.id))
        assert told(await history(work, made.id)) == [("Proposal", True)]


async def test_a_merged_deal_was_in_one_stage_at_a_time(house: House) -> None:
    async with house.system() as work:
        kept, other = await deal(work, "Proposal"), await deal(work, "Negotiation")
        await work.merge((OPPORTUNITY, kept.id), [other.id])
        assert told(await history(work, kept.id)) == [("Proposal", True)]


async def test_histories_of_older_deals_come_from_the_log(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, "Qualification")
        await work.change(made, {"stage": (await stage(work, "Proposal")).id})
        await work.unit.connection.execute(f"delete from {quoted(work.context.schema)}.stage_stay")
        await fill_stays(work)
        first = told(await history(work, made.id))
        await fill_stays(work)
        assert first == told(await history(work, made.id)) == [("Qualification", False), ("Proposal", True)]
