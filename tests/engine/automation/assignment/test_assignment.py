"""Who gets a record: rules in order, fair turns, absence, skills, capacity, tables; and why."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.engine.automation.assignment.conftest import Desk

from relata.engine.automation.assignment.administration import AssignmentAdministration
from relata.engine.automation.assignment.assigning import assign
from relata.engine.automation.assignment.rehearsing import rehearse, try_record, try_values
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.testing.house import House


async def test_everybody_gets_the_same(desk: Desk) -> None:
    await desk.rule()
    assert Counter(await desk.leads(9)) == {"Ada": 3, "Ben": 3, "Cy": 3}


async def test_who_weighs_more_gets_more(desk: Desk) -> None:
    ada, ben, _ = desk.people.values()
    await desk.rule(members=[{"person": str(ada), "weight": 3}, {"person": str(ben)}])
    assert Counter(await desk.leads(8)) == {"Ada": 6, "Ben": 2}


async def test_without_a_rule_a_record_stays_with_who_made_it(desk: Desk) -> None:
    await desk.rule(where='company = "Y"')
    assert await desk.leads(2) == ["Boss", "Boss"]
    assert await desk.leads(1, company="Y") != ["Boss"]


async def test_the_first_rule_that_finds_somebody_decides(desk: Desk) -> None:
    await desk.rule("first", where='company = "Y"', way="person", to={"kind": "person", "id": str(desk.people["Cy"])})
    await desk.rule("second", way="person", to={"kind": "person", "id": str(desk.people["Ben"])})
    lead = await desk.lead()
    assert desk.name(lead["owner"]) == "Ben"
    assert [(one["name"], one["word"]) for one in (await desk.why(lead))["rules"]] == [
        ("first", "no"),
        ("second", "chosen"),
    ]
    admin = AssignmentAdministration(desk.house.door, desk.house.key, desk.boss)
    await admin.reorder("lead", ["second", "first"])
    assert await desk.leads(1, company="Y") == ["Ben"]
    with pytest.raises(Conflict):
        await admin.reorder("lead", ["second"])


async def test_who_named_an_owner_has_decided(desk: Desk) -> None:
    await desk.rule(way="person", to={"kind": "person", "id": str(desk.people["Cy"])})
    assert await desk.leads(1, owner=desk.people["Ada"]) == ["Ada"]
    assert await desk.leads(1, owner=desk.boss) == ["Cy"]  # a form sends who made it


async def test_who_is_away_is_passed_over_and_need_not_catch_up(desk: Desk) -> None:
    await desk.rule()
    async with desk.house.system() as work:
        today = work.clock.today
        away = await work.create("absence", {"person": desk.people["Ada"], "first_day": today, "last_day": today})
    assert Counter(await desk.leads(6)) == {"Ben": 3, "Cy": 3}
    async with desk.house.system() as work:
        await work.delete(away)
    assert Counter(await desk.leads(6)) == {"Ada": 2, "Ben": 2, "Cy": 2}


async def test_a_deputy_stands_in_for_one_person(desk: Desk) -> None:
    ada, ben, cy = desk.people.values()
    await desk.rule(way="person", to={"kind": "person", "id": str(ada)})
    async with desk.house.system() as work:
        today = work.clock.today
        for person, deputy in ((ada, ben), (ben, cy)):
            await work.create("absence", {"person": person, "first_day": today, "last_day": today, "deputy": deputy})
    lead = await desk.lead()
    assert desk.name(lead["owner"]) == "Cy"
    people = (await desk.why(lead))["rules"][0]["people"]
    assert [(one["name"], one["word"]) for one in people] == [("Ada", "away"), ("Ben", "away"), ("Cy", "chosen")]


async def test_deputies_in_a_circle_are_nobody(desk: Desk) -> None:
    ada, ben, cy = desk.people.values()
    await desk.rule("one", way="person", to={"kind": "person", "id": str(ada)})
    await desk.rule("two", way="person", to={"kind": "person", "id": str(cy)})
    async with desk.house.system() as work:
        today = work.clock.today
        for person, deputy in ((ada, ben), (ben, ada)):
            await work.create("absence", {"person": person, "first_day": today, "last_day": today, "deputy": deputy})
    assert await desk.leads(1) == ["Cy"]


async def test_a_rule_whose_person_left_goes_on_to_the_next(desk: Desk) -> None:
    ada, ben, _ = desk.people.values()
    await desk.rule("gone", way="person", to={"kind": "person", "id": str(ada)})
    await desk.rule("rest", way="person", to={"kind": "person", "id": str(ben)})
    async with desk.house.system() as work:
        await work.change(("user", ada), {"status": "inactive"})
    lead = await desk.lead()
    assert desk.name(lead["owner"]) == "Ben"
    first = (await desk.why(lead))["rules"][0]
    assert (first["word"], first["people"][0]["word"]) == ("nobody", "inactive")


async def test_who_has_least_gets_the_next_and_nobody_more_than_fits(desk: Desk) -> None:
    await desk.rule(way="least_loaded", capacity=3, open='status != "unqualified"')
    for _ in range(2):
        await desk.lead(owner=desk.people["Ada"])
    assert Counter(await desk.leads(4)) == {"Ben": 2, "Cy": 2}
    assert Counter(await desk.leads(3)) == {"Ada": 1, "Ben": 1, "Cy": 1}
    assert await desk.leads(1) == ["Boss"]


async def test_only_who_knows_it_gets_it(desk: Desk) -> None:
    async with desk.house.system() as work:
        await work.change(("user", desk.people["Cy"]), {"skills": ["Fleet", "German"]})
    await desk.rule("skilled", skills="company")
    assert await desk.leads(2, company="fleet") == ["Cy", "Cy"]
    lead = await desk.lead(company="Ships")
    assert desk.name(lead["owner"]) == "Boss"


async def test_a_table_of_values(desk: Desk) -> None:
    ada, ben, cy = (str(one) for one in desk.people.values())
    rows = [
        {"when": ["DE; AT", ">= 100"], "to": {"kind": "person", "id": ada}},
        {"when": ["DE", ""], "to": {"kind": "person", "id": ben}},
        {"when": ["", "1..9"], "to": {"kind": "person", "id": cy}},
    ]
    await desk.rule(way="table", columns=["company", "score"], rows=rows)
    assert await desk.leads(1, company="at", score=100) == ["Ada"]
    assert await desk.leads(1, company="DE", score=99) == ["Ben"]
    assert await desk.leads(1, company="FR", score=9) == ["Cy"]
    assert await desk.leads(1, company="FR", score=10) == ["Boss"]


async def test_import_and_one_by_one_are_equally_fair(desk: Desk) -> None:
    await desk.rule()
    await desk.leads(1)
    async with desk.house.as_person(desk.boss) as work:
        rows = [{"name": {"last": f"L{at}"}, "company": "X"} for at in range(49)]
        rows[7]["email"] = "nonsense"  # a refused row is nobody's turn
        done = await work.create_many("lead", rows)
        ids = [one.id for one in done if one.id]
        owners = Counter(one["owner"] for one in await work.get_many("lead", ids))
        assert await work.count("assignment") == len(ids) + 1
    counts = Counter(owners)
    async with desk.house.system() as work:
        counts = Counter(one["owner"] for one in await work.find("lead"))
    assert max(counts.values()) - min(counts.values()) <= 1


async def test_a_button_asks_all_rules_again(desk: Desk) -> None:
    await desk.rule(by_default=False, way="person", to={"kind": "person", "id": str(desk.people["Cy"])})
    lead = await desk.lead()
    assert desk.name(lead["owner"]) == "Boss"
    async with desk.house.as_person(desk.boss) as work:
        action = work.action("lead", "assign_by_rules")
        await work.run(action.command(lead=lead.id))
        assert desk.name((await work.get("lead", lead.id))["owner"]) == "Cy"


async def test_nobody_assigns_what_they_may_not_change(desk: Desk) -> None:
    await desk.rule(by_default=False)
    lead = await desk.lead()
    reader = await desk.house.person("Reader", "reader")
    async with desk.house.as_person(reader) as work:
        with pytest.raises(Denied):
            await assign(work, "lead", [lead.id])


async def test_rules_that_do_not_fit_are_refused_at_their_field(desk: Desk) -> None:
    async def refused(**body: Any) -> set[str | None]:
        with pytest.raises(Invalid) as error:
            await desk.rule(**body)
        return {one.field for one in error.value.problems}

    assert await refused(where="nonsense > 1") == {"where"}
    assert await refused(where="exists(tasks)") == {"where"}
    assert await refused(members=[]) == {"members"}
    assert await refused(way="person") == {"to"}
    assert await refused(way="expression", expression="company") == {"expression"}
    assert await refused(way="person", to={"kind": "person", "id": str(desk.house_id)}) == {"to"}


async def test_only_administrators_change_rules(desk: Desk, house: House) -> None:
    with pytest.raises(Denied):
        await AssignmentAdministration(house.door, house.key, desk.people["Ada"]).put("x", {"object": "lead"})


async def test_a_trial_changes_nothing(desk: Desk) -> None:
    lead = await desk.lead()
    await desk.rule(where='company = "Y"', skills='"german"')
    async with desk.house.as_person(desk.boss) as work:
        decision = await try_record(work, "lead", lead.id)
        assert (decision.to, decision.asked[0].word) == (None, "no")
        decision = await try_values(work, "lead", {"name": {"last": "X"}, "company": "Y"})
        assert (decision.asked[0].word, {one.word for one in decision.asked[0].verdicts}) == ("nobody", {"unskilled"})
        assert await work.count("assignment") == 0
    async with desk.house.as_person(desk.people["Ada"]) as work:
        with pytest.raises(Denied):
            await try_record(work, "lead", lead.id)


async def test_a_rehearsal_tells_who_would_have_got_how_many(desk: Desk) -> None:
    await desk.leads(7)
    await desk.rule(where='company = "X"')
    await desk.lead(owner=desk.people["Ada"], company="Y")
    async with desk.house.as_person(desk.boss) as work:
        found = await rehearse(work, "lead")
        assert await work.count("assignment") == 0
    assert (found.records, found.differ, found.unmatched) == (8, 7, 1)
    shares = {one.name: (one.now, one.would) for one in found.shares}
    assert shares["Boss"] == (7, 0)
    assert sorted(would for _, would in shares.values()) in ([0, 2, 2, 4], [0, 2, 3, 3])
    assert {one.now for one in found.examples} == {"Boss"}
