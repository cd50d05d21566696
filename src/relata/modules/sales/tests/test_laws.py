"""What holds whatever happens: history replays both ways, a conversion is one, a score is the sum of its log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relata.engine.automation.scoring.administration import ScoringAdministration
from relata.engine.automation.scoring.behaving import log_behaviour
from relata.engine.automation.scoring.rescoring import rescore_all
from relata.engine.formula import parse
from relata.engine.metadata.fields import AnyTarget
from relata.engine.query.past_rows import has_past
from relata.engine.query.request import Query
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Invalid
from relata.modules.activities.contracts import CALL
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales.contracts import LEAD, OPPORTUNITY, OPPORTUNITY_CONTACT, ConvertLead
from relata.modules.sales.tests.test_deals import deal, stage
from relata.testing.house import House

often = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))

changes = st.fixed_dictionaries(
    {},
    optional={
        "stage": st.sampled_from(("Qualification", "Proposal", "Negotiation", "Won", "Lost")),
        "amount": st.one_of(st.none(), st.sampled_from(("0.01 EUR", "10 USD", "-1 EUR", "1000000 JPY"))),
        "tags": st.lists(st.sampled_from(("a", "b", "c")), max_size=2),
        "close_date": st.one_of(st.none(), st.sampled_from(("2026-02-28", "2031-12-01"))),
        "probability": st.one_of(st.none(), st.integers(-1, 100)),
        "lost_reason": st.sampled_from(("price", "no such reason")),
        "name": st.sampled_from(("Mill", "Beans", "")),
    },
)


@often
@given(st.lists(changes, min_size=4, max_size=6))
async def test_history_replays_to_the_present_and_back_to_each_day(house: House, steps: list[dict[str, Any]]) -> None:
    async with house.system() as work:
        one, schema = work.registry.get(OPPORTUNITY), quoted(work.context.schema)
        names = [name for name, field in one.all_fields.items() if not field.system and has_past(one, field)]
        made = (await deal(work, "Qualification", name="Mill")).id
        days, last = [], 0
        for at, step in enumerate([{}, *steps]):
            values = step | ({"stage": (await stage(work, step["stage"])).id} if "stage" in step else {})
            try:
                await work.change((OPPORTUNITY, made), values)
            except Invalid:
                await work.settle()
            await work.settle()
            moment = work.clock.now - timedelta(days=20 - at)
            rows = await work.unit.connection.fetch(
                f"update {schema}._change set at = %s where record = %s and id > %s returning id", (moment, made, last)
            )
            last = max([last, *(row[0] for row in rows)])
            present = await work.get(OPPORTUNITY, made)
            days.append((moment, {name: present[name] for name in names}))
        await work.unit.connection.execute(
            f"update {schema}.opportunity set created_at = %s, changed_at = %s where id = %s",
            (days[0][0], days[-1][0], made),
        )
        for moment, then in days:
            asked = Query(OPPORTUNITY, parse(f'id = "{made}"'), (), ("id", *names), as_on=moment)
            (row,) = (await work.query(asked)).values()
            assert {name: row[name] for name in names} == then
        replayed: dict[str, Any] = {}
        for before, after in await work.unit.connection.fetch(
            f"select before, after from {schema}._change where record = %s and action in ('created', 'changed')"
            " order by id", (made,),
        ):  # fmt: skip
            assert {name: replayed.get(name) for name in before or {} if name in names} == {
                name: value for name, value in (before or {}).items() if name in names
            }
            replayed.update(after)
        now = {name: one.all_fields[name].to_json(value) for name, value in days[-1][1].items()}
        plain = msgspec.json.decode(msgspec.json.encode(now))
        assert {name: value for name, value in replayed.items() if name in names and value not in (None, [])} == {
            name: value for name, value in plain.items() if value not in (None, [])
        }


commands = st.fixed_dictionaries(
    {"with_opportunity": st.booleans(), "opportunity_name": st.sampled_from(("", "Other"))},
    optional={"account": st.booleans(), "contact": st.booleans()},
)


@often
@given(st.lists(commands, min_size=2, max_size=4))
async def test_however_often_and_differently_it_is_asked_for_a_conversion_is_one(
    house: House, wishes: list[dict[str, Any]]
) -> None:
    async with house.system() as work:
        account = (await work.create(ACCOUNT, {"name": "Hafen Hotel"})).id
        contact = (await work.create(CONTACT, {"name": "Paul Brandt"})).id
        lead = await work.create(LEAD, {"name": "Nadia Berger", "company": "Hafen", "email": ["n@hafen.example"]})
        results, counts = [], []
        for wish in wishes:
            named = {
                "account": account if wish.get("account") else None,
                "contact": contact if wish.get("contact") else None,
            }
            results.append(await work.run(ConvertLead(lead.id, **(wish | named))))
            objects = (ACCOUNT, CONTACT, OPPORTUNITY, OPPORTUNITY_CONTACT)
            counts.append([await work.count(name) for name in objects])
        assert all(result == results[0] for result in results)
        assert all(count == counts[0] for count in counts)


acts = st.lists(
    st.sampled_from(("large", "small", "call", "old call", "take back", "night", "bin", "merge")),
    min_size=3,
    max_size=5,
)


@settings(often, max_examples=3)
@given(acts)
async def test_a_score_is_the_sum_of_its_log_whatever_happens(house: House, chosen: list[str]) -> None:
    boss = ScoringAdministration(house.door, house.key, await house.person("Boss"))
    await boss.put("size", {"object": LEAD, "label": "Large", "where": "employees > 100", "points": 20})
    rule = {"object": LEAD, "label": "Called", "kind": "behaviour", "event": CALL, "points": 16, "half_life_days": 10}
    await boss.put("calls", rule | {"most": 40})
    async with house.system() as work:
        lead, calls = (await work.create(LEAD, {"name": "Nadia Berger", "employees": 500})).id, []
        for act in chosen:
            if act in ("large", "small"):
                await work.change((LEAD, lead), {"employees": 500 if act == "large" else 5})
            elif act in ("call", "old call"):
                at = work.clock.now - timedelta(days=15 if act == "old call" else 0, minutes=1)
                values = {"subject": "Hello", "at": at, "about": AnyTarget(LEAD, lead)}
                calls.append((await work.create(CALL, values)).id)
            elif act == "take back" and calls:
                await work.delete((CALL, calls.pop()))
            elif act == "night":
                await rescore_all(work)
            elif act == "bin":
                await work.delete((LEAD, lead))
                await work.restore((LEAD, lead))
            elif act == "merge":
                other = await work.create(LEAD, {"name": "N. Berger", "employees": 200})
                await work.merge((LEAD, lead), [other.id])
            await log_behaviour(work, work.registry.get(LEAD), [lead])
            await work.conclude()
            found = await work.get(LEAD, lead)
            assert (found["score"] or 0) == sum(one["points"] for one in await work.find("score_entry", about=lead)), (
                act
            )
