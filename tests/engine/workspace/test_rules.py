"""Rules of objects: what they refuse, with the same verdict on every path."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from relata.engine.jobs.queue import Queue
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.order import Order
from relata.engine.transfer.importing import Options, run_import
from relata.engine.transfer.mapping import decode
from relata.engine.workspace import configure, warnings
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.rule_overview import rehearse, rules
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, RelataError
from relata.testing.house import House

BIG = {"condition": "annual_revenue.amount < 1000000 or industry is not null", "message": "Name the industry."}


def office(house: House) -> Administration:
    return Administration(house.door, house.key, None)


async def ruled(house: House, name: str = "big", object_name: str = "account", **rule: Any) -> None:
    await office(house).put_rule(object_name, name, rule or BIG)


def told(error: RelataError) -> list[tuple[str, str | None, str]]:
    return [(each.code, each.field, each.message) for each in error.problems]


async def test_a_rule_refuses_with_its_message_at_its_field(house: House) -> None:
    await ruled(house, **BIG, field="industry")
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("account", {"name": "Nord", "annual_revenue": {"amount": 2000000, "currency": "EUR"}})
    assert told(refused.value) == [("rule", "industry", "Name the industry.")]


async def test_a_rule_may_say_what_is_forbidden(house: House) -> None:
    await ruled(house, condition='name starts "Test"', message="No tests.", forbids=True)
    async with house.system() as work:
        with pytest.raises(Invalid, match="No tests"):
            await work.create("account", {"name": "Test company"})
        await work.create("account", {"name": "Nord"})


@pytest.mark.parametrize(
    ("on", "watched", "makes", "renames", "moves"),
    [
        ("always", (), False, False, False),
        ("created", (), False, True, True),
        ("changed", (), True, False, False),
        ("fields", ("industry",), False, True, False),
    ],
)
async def test_a_rule_applies_when_it_says(
    house: House, on: str, watched: tuple[str, ...], makes: bool, renames: bool, moves: bool
) -> None:
    async with house.system() as work:
        old = await work.create("account", {"name": "Old"})
    await ruled(house, condition='name = "never"', message="No.", on=on, watched=list(watched))

    async def passes(attempt: Any) -> bool:
        try:
            await house.door.run(house.key, None, attempt)
        except Invalid:
            return False
        return True

    assert makes is await passes(lambda work: work.create("account", {"name": "New"}))
    assert renames is await passes(lambda work: work.change(("account", old.id), {"name": "Older"}))
    assert moves is await passes(lambda work: work.change(("account", old.id), {"industry": "retail"}))
    assert await passes(lambda work: work.change(("account", old.id), {}))


async def test_a_rule_reads_over_links(house: House) -> None:
    async with house.system() as work:
        shop = await work.create("account", {"name": "Shop", "industry": "retail"})
        lab = await work.create("account", {"name": "Lab", "industry": "health"})
    condition = 'account is null or account.industry = "retail"'
    await ruled(house, "only_shops", "contact", condition=condition, message="Shops only.")
    async with house.system() as work:
        known = await work.create("contact", {"name": "Ada Lovelace", "account": shop.id})
        with pytest.raises(Invalid, match="Shops only"):
            await work.create("contact", {"name": "Grace Hopper", "account": lab.id})
        with pytest.raises(Invalid, match="Shops only"):
            await work.change(known, {"account": lab.id})
        rows: list[dict[str, Any]] = [
            {"name": "A B", "account": shop.id},
            {"name": "C D", "account": lab.id},
            {"name": "E F"},
        ]
        assert [one.did for one in await work.create_many("contact", rows)] == ["created", "refused", "created"]


async def test_a_rule_over_a_list_counts_each_row_of_a_bulk(house: House) -> None:
    async with house.system() as work:
        shop = await work.create("account", {"name": "Shop"})
    await ruled(house, "few", "contact", condition="count(account.contacts) < 2", message="Two are enough.")
    async with house.system() as work:
        rows = [{"name": f"Person {at}", "account": shop.id} for at in range(3)]
        assert [one.did for one in await work.create_many("contact", rows)] == ["created", "created", "refused"]


async def test_a_rule_reads_links_that_are_not_written_yet(open_house: House) -> None:
    await office(open_house).add_field("account", {"type": "links", "name": "friends", "to": "contact"})
    await ruled(open_house, condition='not exists(friends, job_title = "Spy")', message="No spies.")
    async with open_house.system() as work:
        spy = await work.create("contact", {"name": "Mata Hari", "job_title": "Spy"})
        cook = await work.create("contact", {"name": "Paul Bocuse", "job_title": "Cook"})
        made = await work.create("account", {"name": "Nord", "friends": [cook.id]})
        with pytest.raises(Invalid, match="No spies"):
            await work.change(made, {"friends": [cook.id, spy.id]})
        rows = [{"name": "A", "friends": [spy.id]}, {"name": "B", "friends": [cook.id]}]
        assert [one.did for one in await work.create_many("account", rows)] == ["refused", "created"]


async def test_a_rule_reads_a_roll_up_with_what_this_transaction_wrote(house: House) -> None:
    await ruled(house, condition='contact_count < 2 or type = "customer"', message="Now a customer.")
    async with house.system() as work:
        shop = await work.create("account", {"name": "Shop"})
        for name in ("Ada Lovelace", "Grace Hopper"):
            await work.create("contact", {"name": name, "account": shop.id})
        with pytest.raises(Invalid, match="Now a customer"):
            await work.change(shop, {"name": "Shop 2"})
        await work.change(shop, {"name": "Shop 2", "type": "customer"})


async def test_a_rule_reads_formulas(house: House) -> None:
    async with house.system() as work:
        await configure.store(
            work.unit.connection, work.context.schema,
            Definition("field", "account.shouted", {
                "object": "account", "field": {"type": "formula", "name": "shouted", "expression": "upper(name)"},
            }), None,
        )  # fmt: skip
    house.door.forget(house.key)
    await ruled(house, condition='shouted = "NORD"', message="Only Nord.")
    async with house.system() as work:
        await work.create("account", {"name": "nord"})
        with pytest.raises(Invalid, match="Only Nord"):
            await work.create("account", {"name": "süd"})


async def test_a_field_that_is_hidden_from_the_writer_is_not_named_but_counts(house: House) -> None:
    role = Role("seller", grants={"*": Grant("all", "all", "all", "all", {"annual_revenue": "none"})})
    async with house.system() as work:
        await configure.store(
            work.unit.connection, work.context.schema, Definition("role", "seller", configure.body_of(role)), None
        )
    house.door.forget(house.key)
    revenue = {"amount": 2000000, "currency": "EUR"}
    async with house.system() as work:
        rich = await work.create("account", {"name": "Rich", "annual_revenue": revenue, "industry": "retail"})
    await ruled(house, **BIG, field="annual_revenue")
    seller = await house.person("Sam Seller", "seller")
    async with house.as_person(seller) as work:
        with pytest.raises(Invalid) as refused:
            await work.change(("account", rich.id), {"industry": None})
    assert told(refused.value) == [("rule", None, "Name the industry.")]


async def test_merge_and_restore_are_judged(house: House) -> None:
    async with house.system() as work:
        one = await work.create("account", {"name": "One", "annual_revenue": {"amount": 9000000, "currency": "EUR"}})
        other = await work.create("account", {"name": "Other"})
        gone = await work.create("account", {"name": "Gone", "annual_revenue": {"amount": 9000000, "currency": "EUR"}})
        await work.delete(gone)
    await ruled(house)
    with pytest.raises(Invalid, match="industry"):
        async with house.system() as work:
            await work.restore(("account", gone.id))
    with pytest.raises(Invalid, match="industry"):
        async with house.system() as work:
            await work.merge(("account", other.id), [one.id])
    async with house.system() as work:
        merged = await work.merge(("account", other.id), [one.id], {"industry": "retail"})
        assert merged["annual_revenue"].amount == 9000000


CONDITIONS = (
    'industry = "retail" or annual_revenue.amount > 500',
    "not (employees > 10 and website is null)",
    'parent is null or parent.industry in ("retail", "health")',
    'lower(name) = "nord" or website is null',
    "count(contacts) = 1 or industry is not null",
)
VALUES: dict[str, tuple[Any, ...]] = {
    "industry": (None, "retail", "health", "software"),
    "annual_revenue": (None, {"amount": 100, "currency": "EUR"}, {"amount": 1000, "currency": "EUR"}),
    "employees": (None, 5, 50),
    "website": (None, "https://example.com"),
    "name": ("Nord", "A long name"),
}


async def test_every_path_gives_the_same_verdict(house: House) -> None:
    """Random rules and values: alone, in bulk, by change, by bulk change, and as the filter language says."""
    chance = random.Random(7)
    async with house.system() as work:
        parents = [await work.create("account", {"name": name, "industry": name}) for name in ("retail", "software")]
    for condition in CONDITIONS:
        await ruled(house, condition=condition, message="Refused.")
        rows = [{**{name: chance.choice(some) for name, some in VALUES.items()},
                 "parent": chance.choice((None, *(parent.id for parent in parents)))} for _ in range(12)]  # fmt: skip

        alone = [await _passes(house, lambda work, row=row: work.create("account", row)) for row in rows]
        assert len(set(alone)) == 2, condition
        async with house.system() as work:
            bulk = [one.did == "created" for one in await work.create_many("account", rows)]
        assert bulk == alone, condition

        await office(house).put_rule("account", "big", {**_off(condition)})
        async with house.system() as work:
            blank = [await work.create("account", {"name": "Blank", "industry": "retail"}) for _ in rows]
            stored = [await work.create("account", row) for row in rows]
            holds = [bool(await work.count("account", f'id = "{one.id}" and ({condition})')) for one in stored]
        assert holds == alone, condition
        await ruled(house, condition=condition, message="Refused.")
        changed = [
            await _passes(house, lambda work, one=one, row=row: work.change(("account", one.id), row))
            for one, row in zip(blank, rows, strict=True)
        ]
        assert changed == alone, condition
        await office(house).put_rule("account", "big", {**_off(condition)})
        async with house.system() as work:
            for one in blank:
                await work.change(("account", one.id), {"name": "Blank", "industry": "retail", "employees": None})
        await ruled(house, condition=condition, message="Refused.")
        async with house.system() as work:
            done = await work.change_many("account", [(one.id, row) for one, row in zip(blank, rows, strict=True)])
        assert [one.did != "refused" for one in done] == alone, condition


def _off(condition: str) -> dict[str, Any]:
    return {"condition": condition, "message": "Refused.", "active": False}


async def _passes(house: House, attempt: Any) -> bool:
    try:
        await house.door.run(house.key, None, attempt)
    except Invalid:
        return False
    return True


async def test_an_import_is_judged_and_told_the_message(house: House, tmp_path: Path) -> None:
    await ruled(house, condition='industry != "retail"', message="No shops.", field="industry")
    path = tmp_path / "file.csv"
    path.write_text("name,industry\nNord,retail\nLab,health\n")
    mapping = 'object = "account"\n' + "".join(
        f'[[columns]]\ncolumn = "{name}"\nfield = "{name}"\n' for name in ("name", "industry")
    )
    report = await run_import(house.door, house.key, None, path, decode(mapping.encode()), Options())
    assert (report.counts["created"], report.counts["refused"]) == (1, 1)
    assert "No shops." in {note.message for note in report.notes}


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"condition": "nonsense = 1", "message": "x"}, "condition"),
        ({"condition": "name", "message": "x"}, "condition"),
        ({"condition": "name =", "message": "x"}, "condition"),
        ({"condition": "name = 'x'", "message": ""}, "message"),
        ({"condition": "name = 'x'", "message": "x", "on": "sometimes"}, "on"),
        ({"condition": "name = 'x'", "message": "x", "on": "fields"}, "watched"),
        ({"condition": "name = 'x'", "message": "x", "field": "nothing"}, "field"),
        ({"condition": "name = 'x'", "message": "x", "colour": "red"}, "colour"),
    ],
)
async def test_a_rule_that_does_not_fit_is_refused_at_its_place(house: House, rule: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await office(house).put_rule("account", "odd", rule)
    assert field in {problem.field for problem in refused.value.problems}


async def test_of_two_writers_who_break_a_rule_together_one_is_refused(open_house: House) -> None:
    await ruled(open_house, condition="employees is null or website is null", message="Not both.")
    async with open_house.system() as work:
        shop = await work.create("account", {"name": "Shop"})

    async def write(values: dict[str, Any]) -> bool:
        async def attempt(work: Workspace) -> None:
            record = await work.get("account", shop.id)
            await asyncio.sleep(0.05)
            await work.change(record, values)

        try:
            await open_house.door.run(open_house.key, None, attempt)
        except (Conflict, Invalid):
            return False
        return True

    done = await asyncio.gather(write({"employees": 3}), write({"website": "https://example.com"}))
    assert sorted(done) == [False, True]


async def test_required_when_and_values_that_go_together(house: House) -> None:
    async with house.system() as work:
        old = await work.create("account", {"name": "Old", "industry": "retail"})
    admin = office(house)
    await admin.tweak("account.website", {"required_when": 'industry = "retail"'})
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("account", {"name": "New", "industry": "retail"})
        assert told(refused.value) == [("required", "website", "Website is required here.")]
        await work.create("account", {"name": "New", "industry": "health"})
        await work.change(("account", old.id), {"name": "Still old"})  # nobody touched what decides
    with pytest.raises(Invalid) as refused:
        await admin.tweak("account.website", {"required_when": "nonsense"})
    assert refused.value.problems[0].field == "required_when"


async def test_a_value_that_is_offered_only_sometimes(house: House) -> None:
    async with house.system() as work:
        options = [
            {"value": option.value, "label": option.label, **({"when": "employees > 10"} if at == 0 else {})}
            for at, option in enumerate(work.registry.get("account").field("industry").options)  # type: ignore[union-attr]
        ]
    await office(house).tweak("account.industry", {"options": options})
    first = options[0]["value"]
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("account", {"name": "Small", "industry": first, "employees": 3})
        assert [code for code, _, _ in told(refused.value)] == ["choice_mismatch"]
        big = await work.create("account", {"name": "Big", "industry": first, "employees": 30})
        with pytest.raises(Invalid):
            await work.change(big, {"employees": 3})


async def test_a_value_needs_fields_on_every_path(house: House) -> None:
    await office(house).put_entry("account", "industry", "retail", ["website", "employees"])
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("account", {"name": "Shop", "industry": "retail", "employees": 4})
        assert told(refused.value) == [("needed", "website", "Website is needed for this.")]
        shop = await work.create("account", {"name": "Shop"})
        done = await work.change_many("account", [(shop.id, {"industry": "retail"})])
        assert [problem.field for problem in done[0].problems] == ["website", "employees"]
        whole = await work.change(shop, {"industry": "retail", "website": "https://example.com", "employees": 2})
        with pytest.raises(Invalid):  # it stays filled while the value is there
            await work.change(whole, {"website": None})
    await office(house).put_entry("account", "industry", "retail", [])
    async with house.system() as work:
        await work.create("account", {"name": "Shop", "industry": "retail"})


async def test_fields_are_unique_together(open_house: House) -> None:
    admin = office(open_house)
    async with open_house.system() as work:
        rows = [{"name": "Twin", "industry": "retail"}] * 2
        twins = [one.id for one in await work.create_many("account", rows)]
    with pytest.raises(Conflict) as refused:
        await admin.put_unique("account", ["name", "industry"])
    assert refused.value.message.startswith("2 records share")
    async with open_house.system() as work:
        await work.change(("account", twins[0]), {"industry": "health"})  # type: ignore[arg-type]
    await admin.put_unique("account", ["name", "industry"])
    async with open_house.system() as work:
        await work.create("account", {"name": "Twin"})  # an empty value never collides
        done = await work.create_many("account", rows)
        assert [one.did for one in done] == ["refused", "refused"]
    with pytest.raises(Conflict, match="the same name and industry"):
        async with open_house.system() as work:
            await work.create("account", {"name": "Twin", "industry": "retail"})
    await admin.delete_unique("account", ["name", "industry"])
    async with open_house.system() as work:
        await work.create("account", {"name": "Twin", "industry": "retail"})


async def test_a_field_that_a_rule_reads_is_not_deleted(open_house: House) -> None:
    admin = office(open_house)
    await admin.add_field("account", {"type": "integer", "name": "machines"})
    await admin.put_rule("contact", "enough", {"condition": "account.machines > 0", "message": "No machines."})
    with pytest.raises(Conflict, match="the rule Enough of Contact"):
        await admin.delete_field("account", "machines")
    with pytest.raises(Conflict, match="the rule Enough of Contact"):
        await admin.change_field_type("account", "machines", {"type": "date"})
    await admin.delete_rule("contact", "enough")
    await admin.delete_field("account", "machines")


async def test_a_rehearsal_counts_and_names_those_that_break_it(house: House) -> None:
    async with house.system() as work:
        rows = [{"name": f"Company {at}", "industry": "retail" if at % 3 else None} for at in range(9)]
        await work.create_many("account", rows)
        whole = await work.count("account")
        found = await rehearse(work, "account", "industry is not null", forbids=False)
        assert (found.records, found.breaking) == (whole, await work.count("account", found.where))
        assert (found.breaking, found.lately) == (3, 3)
        with pytest.raises(Invalid):
            await rehearse(work, "account", "nonsense", forbids=False)


async def test_a_rule_that_no_longer_fits_holds_nobody_up_and_is_shown_as_broken(house: House) -> None:
    async with house.system() as work:
        body = {"object": "account", "name": "stale", "condition": "gone > 1", "message": "Stale."}
        await configure.store(
            work.unit.connection, work.context.schema, Definition("validation_rule", "account.stale", body), None
        )
    house.door.forget(house.key)
    async with house.system() as work:
        await work.create("account", {"name": "Nord"})
        assert [one.broken != "" for one in rules(work, "account")] == [True]


async def test_a_warning_asks_whoever_writes_and_passes_once_it_is_meant(house: House) -> None:
    await ruled(house, **BIG, field="industry", severity="warning")
    await ruled(house, "never", condition='name != "Never"', message="No.")
    ada = await house.person("Ada")
    large = {"name": "Nord", "annual_revenue": {"amount": 2000000, "currency": "EUR"}}
    async with house.door.open(house.key, ada, via="api") as work:
        with pytest.raises(Invalid) as refused:
            await work.create("account", {**large, "name": "Never"})
        assert [each.code for each in refused.value.problems] == ["rule", "warning"]
        with pytest.raises(Invalid) as warned:
            await work.create("account", large)
        assert warnings.only_warnings(warned.value.problems) == ("account.big",)
        warnings.confirm(work.unit, ("account.other",))
        assert [one.did for one in await work.create_many("account", [large, {"name": "S", "industry": "retail"}])] == [
            "refused",
            "created",
        ]
        warnings.confirm(work.unit, ("account.big",))
        one = await work.create("account", large)
        many = (await work.create_many("account", [large]))[0].id
        assert many is not None
        assert [one.source.get("in_spite_of") for one in await work.history(one)] == [["account.big"]]
        await work.change(one, {"industry": "retail"})
        await work.change_many("account", [(many, {"description": "changed"})])
        assert (await work.history(await work.get("account", many)))[0].source["in_spite_of"] == ["account.big"]
        assert "in_spite_of" not in (await work.history(await work.get("account", one.id)))[0].source
    async with house.system() as work:  # nobody is there to ask
        assert (await work.create("account", large)).version == 1


async def test_a_warning_over_linked_records_is_confirmed_too(house: House) -> None:
    await ruled(
        house, "partner", "contact", condition="account.industry is not null", message="No.", severity="warning"
    )
    ada = await house.person("Ada")
    async with house.door.open(house.key, ada, via="form") as work:
        account = await work.create("account", {"name": "Nord"})
        values = {"name": {"last": "T"}, "account": account.id}
        with pytest.raises(Invalid, match="No"):
            await work.create("contact", values)
        warnings.confirm(work.unit, (warnings.ALL,))
        made = await work.create("contact", values)
        await work.delete(made)
        warnings.confirm(work.unit, ())
        await work.restore(await work.get("contact", made.id, deleted=True))


async def test_imports_and_bulk_changes_say_beforehand_what_becomes_of_warnings(house: House, tmp_path: Path) -> None:
    await ruled(house, condition='industry != "retail"', message="No shops.", field="industry", severity="warning")
    ada = await house.person("Ada")
    path = tmp_path / "file.csv"
    path.write_text("name,industry\nNord,retail\nLab,health\n")
    mapping = decode(b'object = "account"\nmatch = ["name"]\n' + b"".join(
        b'[[columns]]\ncolumn = "%s"\nfield = "%s"\n' % (name, name) for name in (b"name", b"industry")
    ))  # fmt: skip
    report = await run_import(house.door, house.key, ada, path, mapping, Options())
    assert (report.counts["created"], report.counts["refused"]) == (1, 1)
    taken = msgspec.structs.replace(mapping, warnings="pass")
    assert (await run_import(house.door, house.key, ada, path, taken, Options())).counts["created"] == 1

    queue = Queue(house.door.database.url)
    running.register(queue, house.door)
    for passes, counts in ((False, (0, 1)), (True, (1, 0))):
        async with house.as_person(ada) as work:
            one = (await work.find("account", name="Lab"))[0]
            order = Order("account", "change", (one.id,), values={"industry": "retail"})
            order = msgspec.structs.replace(order, warnings="pass" if passes else "refuse")
            done = await running.start(work, queue, order)
        assert (done["changed"], done["refused"]) == counts
    async with house.as_person(ada) as work:  # what was there before was confirmed then
        first = await running.undo(work, queue, done.id)
    async with house.as_person(ada) as work:
        assert (await running.undo(work, queue, first.id))["changed"] == 1
