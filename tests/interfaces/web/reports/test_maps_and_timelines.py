"""Maps and timelines: what stands where, what lasts how long, and each mark leads to its records."""

from __future__ import annotations

from relata.engine.reporting.definition import Definition, Grouping, Measure, Picture
from relata.engine.reporting.running import run
from relata.engine.workspace.object_administration import ObjectAdministration
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.charts.draw import as_file, draw
from relata.interfaces.html.charts.series import Chart
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.picture import chart_of
from relata.interfaces.web.reports.first_picture import with_places_or_days
from relata.testing.house import House


def address(where: str, object_name: str = "") -> str:
    return f"/?{where}"


async def chart(work: Workspace, **more: object) -> Chart:
    result = await run(work, Definition(**more))  # type: ignore[arg-type]
    found = chart_of(result, Formatter("en"), address, "Title")
    assert found is not None
    return found


async def test_countries_are_found_by_code_and_by_name_and_the_rest_is_told(open_house: House) -> None:
    async with open_house.system() as work:
        for number, country in enumerate(("DE", "DE", "Deutschland", "SG", "Atlantis", "")):
            await work.create("account", {"name": f"A{number}", "billing_address": {"city": "X", "country": country}})
        made = await chart(
            work, object="account", rows=(Grouping(path="billing_address.country"),), picture=Picture(kind="map")
        )
        places = {mark.label: mark.place.country if mark.place else "" for mark in made.series[0].marks}
        assert places == {"Germany": "DE", "Deutschland": "", "Singapore": "SG", "Atlantis": "", "None": ""}
        drawn = str(draw(made, str))
        assert "Not on the map:" in drawn and 'aria-label="Germany: 2"' in drawn and "Atlantis: 1" in drawn
        assert b"href" not in as_file(made, str)


async def test_a_lane_lasts_from_the_first_day_to_the_last(open_house: House) -> None:
    async with open_house.system() as work:
        for name, first, last in (("A", "2026-01-05", "2026-03-01"), ("A", "2026-02-01", "2026-04-01"), ("B", "", "")):
            values = {"name": name, "opened_on": first or None, "close_date": last or None, "source": None}
            await work.create("opportunity", values)
        days = (Measure(function="min", path="opened_on"), Measure(function="max", path="close_date"))
        made = await chart(
            work, object="opportunity", rows=(Grouping(path="name"),), measures=days, picture=Picture(kind="timeline")
        )
        [lane] = [one for one in made.series if one.label == "A"]
        [mark] = lane.marks
        assert mark.span is not None and mark.span.end - mark.span.start == 86
        where = mark.href.removeprefix("/?")
        assert await work.count("opportunity", where) == 2


async def test_points_are_gathered_by_the_degrees_that_a_new_map_begins_with(open_house: House) -> None:
    await ObjectAdministration(open_house.door, open_house.key, None).add_field(
        "account", {"name": "spot", "type": "geo_point"}
    )
    async with open_house.system() as work:
        for number, spot in enumerate(("52.51, 13.38", "52.52, 13.41", "48.1, 11.6", None)):
            await work.create("account", {"name": f"A{number}", "spot": spot})
        asked = with_places_or_days(work, Definition(object="account", picture=Picture(kind="map")))
        made = await chart(work, object="account", rows=asked.rows, picture=asked.picture)
        found = {one.label: one for one in made.series[0].marks if one.place is not None}
        assert sorted(one.value for one in found.values() if one.value) == [1, 2]
        two = next(one for one in found.values() if one.value == 2)
        assert two.place is not None and (two.place.latitude, two.place.longitude) == (52.5, 13.4)
        assert await work.count("account", two.href.removeprefix("/?")) == 2
