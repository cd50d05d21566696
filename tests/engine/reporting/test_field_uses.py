"""Where a field is used in reports, dashboards, metrics and alerts; and what is left of them when it goes."""

from __future__ import annotations

from relata.engine.reporting.dashboards.answers import answer
from relata.engine.reporting.dashboards.body import Body, Card, Tab
from relata.engine.reporting.dashboards.body import write as body_of
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.definition import Definition, Grouping, Measure, write
from relata.engine.reporting.field_uses import uses_of_field
from relata.engine.workspace.object_administration import ObjectAdministration
from relata.testing.house import House


async def test_uses_are_found_over_links_and_dashboards_outlive_the_field(house: House) -> None:
    objects = ObjectAdministration(house.door, house.key, None)
    await objects.add_field("account", {"name": "tier", "type": "text"})
    far = Definition(object="opportunity", rows=(Grouping(path="account.tier"),), measures=(Measure(name="m1"),))
    both = Definition(object="account", where='tier = "a"', measures=(Measure(name="m1"),))
    two = Definition(object="account", rows=(Grouping(path="tier"), Grouping(path="industry")))
    plain = Definition(object="account", rows=(Grouping(path="industry"),))
    async with house.system() as work:
        await work.create("account", {"name": "A", "tier": "a"})
        report = await work.create("report", {"name": "Far", "body": write(far)})
        await work.create("report", {"name": "Other", "body": write(plain)})
        await work.create("metric", {"name": "Tiers", "key": "own.tiers", "body": write(both)})
        await work.create("metric_alert", {"metric": "own.tiers", "mark": 1})
        cards = (
            Card(id="a", report=str(report.id)),
            Card(id="b", definition=two),
            Card(id="c", definition=plain),
        )
        body = Body(tabs=(Tab(cards=cards),))
        await work.create("dashboard", {"name": "Board", "body": body_of(body)})
        found = await uses_of_field(work, "account", "tier")
        assert {(one.kind, one.title) for one in found} == {
            ("report", "Far"), ("metric", "Tiers"), ("metric_alert", "own.tiers"), ("dashboard", "Board"),
        }  # fmt: skip
        shipped = await uses_of_field(work, "opportunity", "amount")
        assert {one.kind for one in shipped if one.id is None} == {"report", "metric", "dashboard"}
    await objects.delete_field("account", "tier")
    async with house.system() as work:
        left = [await answer(work, card, Chosen()) for card in cards]
        assert [bool(one.result.notes) for one in left] == [True, True, False]
        assert [level.label for level in left[1].result.row_levels] == ["Industry"]
        assert left[2].result.total is not None and left[2].result.total.count == 1
