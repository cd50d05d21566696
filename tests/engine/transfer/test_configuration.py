"""The configuration as a package: exported, applied to an empty workspace and exported again it is the same; as a whole
or not at all; and back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from relata.app.migrations import MIGRATIONS
from relata.engine.automation.approvals.administration import Approvals
from relata.engine.automation.assignment.administration import AssignmentAdministration
from relata.engine.automation.flows.definition import Body, encode
from relata.engine.automation.flows.keeping import make_flow, publish, versions
from relata.engine.automation.flows.steps import Update
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.transfer.configuration.applying import apply_package, preview, roll_back
from relata.engine.transfer.configuration.gathering import gather
from relata.engine.transfer.configuration.package import Package, read, write
from relata.engine.workspace import configure
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.context import Settings
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House

CREATED = RecordTrigger(object="account", happens=("created",))


async def configured(house: House, who: UUID) -> Package:
    """An object, fields, a roll-up, a rule, a layout, a role, a sharing rule to a team, and a view."""
    office = Administration(house.door, house.key, who)
    await office.add_object({"name": "site", "plural": "sites", "label": "Site"})
    await office.add_field("site", {"type": "link", "name": "account", "to": "account", "reverse": "sites"})
    await office.add_field("site", {"type": "integer", "name": "beds"})
    total = {"type": "roll_up", "name": "beds", "function": "sum", "over": "sites", "field": "beds"}
    await office.add_field("account", total)
    await office.put_rule("site", "has_beds", {"condition": "beds > 0", "message": "A site has beds."})
    await office.put("layout", "site", {"object": "site", "columns": ["account", "beds"]})
    await office.put("role", "planner", {"grants": {"site": {"read": "all", "create": "own"}}})
    async with house.as_person(who) as work:
        world = await work.create("team", {"name": "World"})
        team = await work.create("team", {"name": "North", "parent": str(world.id)})
        await work.create("view", {"name": "Large", "object": "site", "filter": "beds > 10"})
    body = {"object": "site", "where": "beds > 5", "principal": str(team.id), "level": "read"}
    await office.put("sharing_rule", "large_sites", body)
    async with house.as_person(who) as work:
        return await gather(work)


async def test_an_empty_workspace_becomes_the_same_and_goes_back(open_house: House, tmp_path: Path) -> None:
    house = open_house
    ada = await house.person("Ada")
    package = await configured(house, ada)
    write(package, tmp_path / "p.zip")
    write(package, tmp_path / "folder")
    assert read(tmp_path / "p.zip") == read(tmp_path / "folder") == package
    await configure.create_workspace(house.door, MIGRATIONS, "second", Settings(name="Second"))
    empty = House(house.door, "second")
    bob = await empty.person("Bob")
    async with empty.as_person(bob) as work:
        before = await gather(work)
    assert len(await preview(house.door, "second", bob, package)) > 8
    change, differences = await apply_package(house.door, "second", bob, package, name="p")
    async with empty.as_person(bob) as work:
        again = await gather(work)
        site = await work.create("site", {"name": "A", "beds": 12})
        assert site["beds"] == 12
    assert [*again.files()] == [*package.files()]
    assert await preview(house.door, "second", bob, package) == []
    assert change is not None
    assert await roll_back(house.door, "second", bob, change) == []
    async with empty.as_person(bob) as work:
        assert await gather(work) == before
    assert {one.what for one in differences} == {"added"}
    await apply_package(house.door, "second", bob, package, name="p")  # what went into the bin comes out of it
    async with empty.as_person(bob) as work:
        assert await gather(work) == package
        assert [one.title for one in await work.find("site")] == ["A"]  # no value was lost on the way


async def test_a_package_that_does_not_fit_changes_nothing_and_says_what(house: House) -> None:
    ada, reader = await house.person("Ada"), await house.person("Bo", "reader")
    rule = {"object": "account", "name": "x", "condition": "nothing > 1", "message": "m"}
    broken = Package({
        "field": {"account.beds": {"object": "account", "field": {"type": "integer", "name": "beds"}}},
        "validation_rule": {"account.x": rule},
    })  # fmt: skip
    async with house.as_person(ada) as work:
        before = await gather(work)
    with pytest.raises(Invalid) as raised:
        await apply_package(house.door, house.key, ada, broken, name="broken")
    assert "validation_rule account.x" in raised.value.problems[0].message
    with pytest.raises(Denied):
        await preview(house.door, house.key, reader, before)
    async with house.as_person(ada) as work:
        assert await gather(work) == before
        assert msgspec.json.encode(before)


async def automated(house: House, who: UUID) -> tuple[UUID, UUID]:
    """A queue, an assignment rule to it, an approval by a team, and a flow that runs; the flow and the team."""
    async with house.as_person(who) as work:
        team = await work.create("team", {"name": "Desk"})
        queue = await work.create("queue", {"name": "New ones"})
    target = {"kind": "queue", "id": str(queue.id)}
    await AssignmentAdministration(house.door, house.key, who).put(
        "new_ones", {"object": "account", "way": "queue", "to": target}
    )
    step = {"approvers": [{"kind": "team", "who": str(team.id)}]}
    process = {"object": "account", "label": "Large ones", "when": "employees > 100", "steps": [step]}
    await Approvals(house.door, house.key, who).put("large", process)
    async with house.as_person(who) as work:
        body = Body(trigger=CREATED, steps=(Update(id="more", values={"description": "Hello"}),))
        flow = await make_flow(work, "Greet", body)
        await publish(work, flow.id)
    return flow.id, team.id


async def test_rules_approvals_and_flows_come_along_to_teams_that_are_called_the_same(open_house: House) -> None:
    house = open_house
    ada = await house.person("Ada", email="ada@example.com")
    flow, team = await automated(house, ada)
    async with house.as_person(ada) as work:
        package = await gather(work)
    assert package.references[str(team)].key == "Desk"
    assert package.records["flow"][str(flow)]["name"] == "Greet"

    await configure.create_workspace(house.door, MIGRATIONS, "second", Settings(name="Second"))
    second = House(house.door, "second")
    bob = await second.person("Bob")
    async with second.as_person(bob) as work:
        same = await work.create("team", {"name": "Desk"})  # another id, the same team
    _change, done = await apply_package(house.door, "second", bob, package, name="p")
    assert {one.kind for one in done} == {"queue", "assignment_rule", "approval", "flow"}
    (process,) = (await Approvals(house.door, "second", bob).all()).values()
    assert process.steps[0].approvers[0].who == same.id
    async with second.as_person(bob) as work:
        (made,) = await work.as_system().find("flow")
        assert (made["name"], made["state"]) == ("Greet", "draft")  # nothing runs before somebody says so
        assert await work.count("team") == 1
        await publish(work, made.id)
    body = encode(Body(trigger=CREATED, steps=(Update(id="more", values={"beds": "=1 + 1"}),)))
    field = {"object": "account", "field": {"type": "integer", "name": "beds"}}
    later = Package(
        {"field": {"account.beds": field}}, {"flow": {str(flow): {"name": "Greet", "purpose": "", "flow": body}}}
    )
    await apply_package(house.door, "second", bob, later, name="later")
    async with second.as_person(bob) as work:  # what runs goes on with a field that came at the same time
        assert [(one.number, one.state) for one in await versions(work, flow)] == [(2, "active"), (1, "archived")]
    half = {"grants": {"*": {"read": "all"}}, "permissions": ["manage_objects", "manage_roles"]}
    await Administration(house.door, "second", bob).put("role", "half", half)
    carl = await second.person("Carl", "half")
    other = Package(records={"flow": {str(flow): {"name": "Other", "purpose": "", "flow": body}}})
    with pytest.raises(Denied):  # who may not change flows can't by a package either
        await preview(house.door, "second", carl, other)
