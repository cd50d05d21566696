"""Many writes at once have the verdicts of one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from relata.engine.metadata.module import Guard
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace import configure, uniqueness
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House


async def make(work: Workspace, *rows: dict[str, Any], kind: str = "account") -> list[UUID]:
    """The ids of new records."""
    return [made.id for made in await work.create_many(kind, rows) if made.id is not None]


NOBODY = UUID("0190a000-0000-7000-8000-000000000000")


async def test_each_new_record_has_its_row_in_the_history_with_its_own_source(house: House) -> None:
    async with house.system() as work:
        done = await work.create_many(
            "account", [{"name": 'Nord\\t\n"x"'}, {"name": "Süd"}], sources=[{"row": 2}, {"row": 3}]
        )
        assert done[0].id is not None
        first = await work.get("account", done[0].id)
        entry = (await work.history(first))[0]
    assert [outcome.did for outcome in done] == ["created", "created"]
    assert (entry.action, entry.after["name"], entry.source) == ("created", 'Nord\\t\n"x"', {"row": 2})
    assert first["number"] == entry.after["number"]


async def test_what_one_by_one_makes_is_what_bulk_makes(house: House) -> None:
    values = {
        "name": "Grace Hopper", "email": [{"value": "grace@example.com", "label": "work"}], "phone": "+49 30 901820",
        "mailing_address": {"city": "Berlin"}, "birthday": "1906-12-09", "tags": ["navy", "cobol"], "do_not_call": True,
    }  # fmt: skip
    async with house.system() as work:
        account = await work.create("account", {"name": "Navy"})
        alone = await work.create("contact", {**values, "account": account.id})
        made = await make(work, {**values, "account": account.id}, kind="contact")
        together = await work.get("contact", made[0])
        alone = await work.get("contact", alone.id)
        rows = await work.unit.connection.fetch(
            f"select readers, writers, version from {work.context.schema}.contact where id = any(%s)",
            ([alone.id, together.id],),
        )
        logs = [(await work.history(record))[0].after for record in (alone, together)]
    own = {"id", "created_at", "changed_at"}
    assert {name: value for name, value in together.values.items() if name not in own} == {
        name: value for name, value in alone.values.items() if name not in own
    }
    assert rows[0] == rows[1]
    assert rows[0][0]
    assert logs[0] == logs[1]


async def test_a_bad_row_does_not_hold_up_the_others(house: House) -> None:
    async with house.system() as work:
        done = await work.create_many(
            "contact",
            [
                {"name": "A B"},
                {"name": ""},
                {"name": "C D", "nonsense": 1},
                {"name": "E F", "account": str(NOBODY)},
                {"name": "G H"},
            ],
        )
        count = await work.count("contact")
    assert [outcome.did for outcome in done] == ["created", "refused", "refused", "refused", "created"]
    assert [outcome.problems[0].code for outcome in done if outcome.problems] == [
        "required",
        "unknown_field",
        "invalid_link",
    ]
    assert count == 2


async def test_the_first_of_two_rows_with_one_unique_value_keeps_it(house: House) -> None:
    async with house.system() as work:
        await work.create("account", {"name": "Old", "reference": "R-1"})
        done = await work.create_many(
            "account",
            [{"name": "A", "reference": "R-1"}, {"name": "B", "reference": "R-2"}, {"name": "C", "reference": "R-2"}],
        )
    assert [outcome.did for outcome in done] == ["refused", "created", "refused"]
    assert done[2].problems[0].code == "not_unique"


async def test_roll_ups_count_what_came_in_bulk(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Navy"})
        done = await make(work, *({"name": f"N{n} X", "account": account.id} for n in range(5)), kind="contact")
        await work.change_many("contact", [(done[0], {"account": None})])
        await work.settle()
        assert (await work.show("account", account.id))["contact_count"] == 4


async def test_a_change_that_changes_nothing_writes_nothing(house: House) -> None:
    async with house.system() as work:
        made = (await make(work, {"name": "A", "employees": 3, "tags": ["x"]}))[0]
        done = await work.change_many("account", [(made, {"employees": "3", "tags": "x"})])
        record = await work.get("account", made)
        entries = await work.history(record)
    assert (done[0].did, record.version, len(entries)) == ("unchanged", 1, 1)


async def test_changes_of_any_type_arrive_with_their_history(house: House) -> None:
    values = {
        "name": "Neu", "annual_revenue": {"amount": "12.50", "currency": "USD"}, "tags": ["a", "b c"], "employees": 7,
        "website": "example.com", "billing_address": {"city": "Bonn"}, "do_not_contact": True, "parent": None,
    }  # fmt: skip
    async with house.system() as work:
        one, two = await make(work, {"name": "A"}, {"name": "B"})
        await work.change(("account", one), values)
        done = await work.change_many("account", [(two, values)], sources=[{"row": 9}])
        alone, together = await work.get_many("account", [one, two])
        first, second = (await work.history(alone))[0], (await work.history(together))[0]
    assert done[0].did == "changed"
    assert [together[name] for name in values] == [alone[name] for name in values]
    assert together.version == 2
    assert (second.before["name"], second.after | {}) == ("B", first.after)
    assert second.source == {"row": 9}


async def test_a_record_that_comes_twice_is_changed_twice(house: House) -> None:
    async with house.system() as work:
        made = (await make(work, {"name": "A"}))[0]
        done = await work.change_many("account", [(made, {"name": "B"}), (made, {"name": "C"})])
        record = await work.get("account", made)
    assert [outcome.did for outcome in done] == ["changed", "changed"]
    assert (record["name"], record.version) == ("C", 3)


async def test_two_records_may_swap_a_unique_value_only_as_one_by_one(house: House) -> None:
    async with house.system() as work:
        one, two = await make(work, {"name": "A", "reference": "1"}, {"name": "B", "reference": "2"})
        done = await work.change_many("account", [(one, {"reference": "3"}), (two, {"reference": "1"})])
        refused = await work.change_many("account", [(one, {"reference": "1"})])
    assert [outcome.did for outcome in done] == ["changed", "changed"]
    assert refused[0].problems[0].code == "not_unique"


async def test_nobody_changes_in_bulk_what_they_may_only_see(house: House) -> None:
    rita = await house.person("Rita", "reader")
    async with house.system() as work:
        made = (await make(work, {"name": "A"}))[0]
    async with house.as_person(rita) as work:
        done = await work.change_many(
            "account", [(made, {"name": "B"}), (made, {"name": "A"}), (NOBODY, {"name": "x"})]
        )
        assert [outcome.problems[0].code for outcome in done] == ["denied_change", "denied_change", "not_found"]
        with pytest.raises(Denied):
            await work.create_many("account", [{"name": "B"}])


async def test_whoever_is_later_with_a_unique_value_is_told_so_even_in_a_race(open_house: House) -> None:
    """The other transaction commits between the question about unique values and the COPY."""
    async with open_house.system() as ours:
        asked = uniqueness.holders

        async def overtaken(*arguments: Any) -> Any:
            found = await asked(*arguments)
            async with open_house.system() as theirs:
                if not await theirs.count("account", reference="R-1"):
                    await theirs.create("account", {"name": "Theirs", "reference": "R-1"})
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(uniqueness, "holders", overtaken)
            done = await ours.create_many(
                "account", [{"name": "A", "reference": "R-1"}, {"name": "B", "reference": "R-2"}]
            )
    assert [(outcome.did, [problem.code for problem in outcome.problems]) for outcome in done] == [
        ("refused", ["not_unique"]),
        ("created", []),
    ]


async def test_a_row_that_is_refused_leaves_nothing_of_what_its_guards_wrote(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards that write are rare; then the rows are written one by one, each in a savepoint."""

    async def leave_a_trace(work: Workspace, draft: Draft) -> None:
        if draft["name"] is not None:
            await work.as_system().create("household", {"name": draft["name"].full})
        if draft["job_title"] == "spy":
            raise Invalid("No spies.", code="spy", field="job_title")

    context = await house.door.context(house.key)
    monkeypatch.setitem(context.registry.guards, "contact", (Guard("contact", leave_a_trace),))
    async with house.system() as work:
        done = await work.create_many(
            "contact", [{"name": "A B"}, {"name": "C D", "job_title": "spy"}, {"name": "E F"}]
        )
        households = {one["name"] for one in await work.find("household")}
    assert [outcome.did for outcome in done] == ["created", "refused", "created"]
    assert households == {"A B", "E F"}


async def test_sharing_rules_reach_what_came_in_bulk(house: House) -> None:
    ada = await house.person("Ada", "nobody")
    async with house.system() as work:
        body = {"object": "account", "where": 'industry = "retail"', "principal": str(ada), "level": "read"}
        await configure.store(
            work.unit.connection, work.context.schema, Definition("sharing_rule", "retail", body), None
        )
    house.door.forget(house.key)
    async with house.system() as work:
        retail, other = await make(work, {"name": "A", "industry": "retail"}, {"name": "B", "industry": "media"})
        assert [grant.reason for grant in await work.sharing.of(await work.get("account", retail))] == ["retail"]
        await work.change_many("account", [(retail, {"industry": "media"}), (other, {"industry": "retail"})])
        assert await work.sharing.of(await work.get("account", retail)) == []
        assert len(await work.sharing.of(await work.get("account", other))) == 1


async def test_a_new_owner_in_bulk_moves_the_access_of_what_lies_below(house: House) -> None:
    ada = await house.person("Ada", "reader")
    async with house.system() as work:
        account = (await make(work, {"name": "A"}))[0]
        contact = (await make(work, {"name": "B C", "account": account}, kind="contact"))[0]
        sql = f"select readers from {work.context.schema}.contact where id = %s"
        before = await work.unit.connection.fetch(sql, (contact,))
        await work.change_many("account", [(account, {"owner": ada})])
        after = await work.unit.connection.fetch(sql, (contact,))
    assert len(after[0][0]) == len(before[0][0]) + 1


async def test_what_guards_look_up_for_every_row_is_asked_once(house: House) -> None:
    """A deal without a stage gets the first one of the usual pipeline: two statements for one row, and for many."""

    async def statements(rows: int) -> int:
        asked = []
        async with house.system() as work:
            connection = work.unit.connection
            run = connection._run

            async def counted(*arguments: Any, **options: Any) -> Any:
                asked.append(arguments[0])
                return await run(*arguments, **options)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(connection, "_run", counted)
                done = await work.create_many("opportunity", [{"name": f"Deal {at}"} for at in range(rows)])
        assert {outcome.did for outcome in done} == {"created"}
        return len(asked)

    assert await statements(50) == await statements(2)


async def test_a_stage_that_is_made_in_between_is_seen(house: House) -> None:
    async with house.system() as work:
        pipeline = await work.create("pipeline", {"name": "New"})
        first = await work.create("stage", {"name": "Late", "pipeline": pipeline.id, "position": 5})
        one = await make(work, {"name": "A", "pipeline": pipeline.id}, kind="opportunity")
        second = await work.create("stage", {"name": "Early", "pipeline": pipeline.id, "position": 1})
        two = await make(work, {"name": "B", "pipeline": pipeline.id}, kind="opportunity")
        found = [(await work.get("opportunity", made[0]))["stage"] for made in (one, two)]
    assert found == [first.id, second.id]
