"""Alerts about what is unusual: told once for each period, also where nothing happened, and also when reading fails."""

from __future__ import annotations

from datetime import date

from relata.app.watching_metrics import watch
from relata.engine.reporting.definition import Definition, Measure, write
from relata.engine.reporting.periods import begin, moved
from relata.testing.house import House


async def _told(house: House) -> list[str]:
    async with house.system() as work:
        return sorted(str(one["text"]) for one in await work.find("notification"))


async def test_a_month_without_any_is_told_once_and_failing_too(house: House) -> None:
    boss = await house.person("Boss", "admin")
    async with house.system() as work:
        this_month = begin(work.clock.today, "month")
        for back in range(2, 14):  # five deals a month for a year, and none in the last one
            for number in range(5):
                day = moved(this_month, "month", -back).replace(day=3 + number)
                await work.create("opportunity", {"name": f"{back}.{number}", "close_date": day, "amount": 10})
        body = write(Definition(object="opportunity", measures=(Measure(),), date="close_date"))
        await work.create("metric", {"name": "Deals", "key": "own.deals", "body": body, "owner": boss})
        values = {"metric": "own.deals", "way": "unusual", "grain": "month", "owner": boss}
        alert = await work.create("metric_alert", values)
    await watch(house.door, house.key)
    await watch(house.door, house.key)
    (text,) = await _told(house)
    assert text.startswith("Deals: ") and "is unusual: 0, where about 5 was to be expected" in text
    async with house.system() as work:
        found = await work.get("metric_alert", alert.id)
        assert (found["state"], found["told_of"]) == ("raised", moved(this_month, "month", -1))
        await work.change(found, {"told_of": date(2020, 1, 1)})  # another period than the one that was told
    await watch(house.door, house.key)
    assert len(await _told(house)) == 2
    async with house.system() as work:
        metric = await work.first("metric", key="own.deals")
        assert metric is not None
        await work.delete(metric)
    await watch(house.door, house.key)
    assert [one for one in await _told(house) if one.startswith("The alert on own.deals can't be read: ")]
    async with house.system() as work:
        assert (await work.get("metric_alert", alert.id))["state"] == "failing"
