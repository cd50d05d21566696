"""How good records are: what is counted, by whom, and that a rule that only counts refuses nobody."""

from __future__ import annotations

from relata.engine.reporting.quality.expected import expected
from relata.engine.reporting.quality.measuring import measure, shared
from relata.engine.reporting.quality.parts import past
from relata.engine.reporting.quality.trend import days, keep_day
from relata.engine.reporting.quality.uniqueness import unique_shares
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House


async def _rule(house: House) -> None:
    office = Administration(house.door, house.key, None)
    body = {"condition": "employees > 0", "message": "Say how many people work there.", "severity": "hint"}
    await office.put_rule("account", "has_people", body)


async def test_a_rule_that_only_counts_refuses_nobody_and_its_records_are_found(house: House) -> None:
    await _rule(house)
    async with house.system() as work:
        one = work.registry.get("account")
        await work.create("account", {"name": "Nord", "employees": 0, "industry": "retail"})
        await work.create("account", {"name": "Süd", "employees": 4})
        found = await measure(work, one, "created_via")
        rule = next(each for each in found.rules if each.rule.name == "has_people")
        broken = await work.find("account", rule.where)
        industry = next(each for each in found.fields if each.field.name == "industry")
        lacking = await work.find("account", industry.lacking)
    assert (found.total.records, rule.breaking, found.total.valid) == (2, 1, 50.0)
    assert [each.title for each in broken] == ["Nord"]
    assert (industry.of, industry.filled, [each.title for each in lacking]) == (2, 1, ["Süd"])
    assert [(line.key, line.records) for line in found.groups] == [("test", 2)]


async def test_who_sees_less_is_told_of_less(house: House) -> None:
    member = await house.person("Bo", "member")
    async with house.system() as work:
        await work.create("account", {"name": "Nord"})
    async with house.as_person(member) as work:
        await work.create("account", {"name": "Süd", "industry": "retail"})
        one = work.registry.get("account")
        seen = await measure(work, one, "owner")
        visible = await work.count("account")
    assert seen.total.records == visible == sum(line.records for line in seen.groups)


async def test_each_day_is_kept_once(house: House) -> None:
    async with house.system() as work:
        await work.create("account", {"name": "Nord"})
        await keep_day(work)
        await work.create("account", {"name": "Süd", "industry": "retail"})
        await keep_day(work)
        kept = await days(work, work.clock.today)
        assert expected(work.registry, work.registry.get("account"))
    assert [day.records for day in kept["account"]] == [2]


async def test_mail_addresses_to_throw_away_are_counted_and_the_list_of_them_is_the_administrators(
    house: House,
) -> None:
    office = Administration(house.door, house.key, None)
    async with house.system() as work:
        for name, domain in (("Ada", "mailinator.com"), ("Eve", "example.com"), ("Ivo", "own.example.org")):
            await work.create("contact", {"name": name, "email": f"{name}@{domain}"})
        first = await _thrown(work)
    rule = {"condition": 'domain(email) in ("own.example.org")', "message": "No.", "severity": "hint", "forbids": True}
    await office.put_rule("contact", "throwaway_mail", rule)
    async with house.system() as work:
        assert (first, await _thrown(work)) == (["Ada"], ["Ivo"])


async def _thrown(work: Workspace) -> list[str]:
    found = await measure(work, work.registry.get("contact"))
    rule = next(each for each in found.rules if each.rule.name == "throwaway_mail")
    return [each.title for each in await work.find("contact", rule.where)]


async def test_figures_of_owners_sources_and_fields_are_kept_each_day(house: House) -> None:
    await _rule(house)
    owner = await house.person("Ada")
    async with house.system() as work:
        one = work.registry.get("contact")
        await work.create("account", {"name": "Nord", "employees": 0, "industry": "retail", "owner": owner})
        for name in ("Ada", "Eve"):
            await work.create("contact", {"name": name, "email": "same@example.com", "owner": owner})
        await keep_day(work)
        since = work.clock.today
        owners, sources = await past(work, one, "owner", since), await past(work, one, "created_via", since)
        fields = await past(work, one, "field", since)
        assert await shared(work, one, one.fields) == {"email": 50.0}
        unique = await unique_shares(work, one, "owner", {owner: 2})
        pairs = await work.unit.connection.fetch_one(f"select count(*) from {work.context.schema}._match_pair")
    assert (list(owners), list(sources)) == ([str(owner)], ["test"])
    assert fields["email"] == [(since, 100.0)]
    assert fields["phone"] == [(since, 0.0)]
    assert pairs is not None
    assert unique == {owner: 100.0 if not pairs[0] else 50.0}
