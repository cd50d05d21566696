"""Data quality by the API."""

from __future__ import annotations

from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House


async def test_the_figures_of_quality_come_with_the_filters_behind_them(
    api: Program, connect: Connect, house: House
) -> None:
    for values in ({"name": "Nord", "industry": "retail"}, {"name": "West"}):
        await api.post("accounts", json=values)
    found = (await api.get("admin/quality/account?by=source")).json()
    industry = next(one for one in found["fields"] if one["name"] == "industry")
    lacking = await api.get("accounts", params={"where": industry["lacking"]})
    assert (found["records"], industry["of"], industry["filled"]) == (2, 2, 1)
    assert [one["name"] for one in lacking.json()["data"]] == ["West"]
    assert [(one["key"], one["records"], one["unique"]) for one in found["by"]] == [("api", 2, 100.0)]
    member = await connect(await house.person("Bo", "member"))
    assert (await member.get("admin/quality/account")).status_code == 403
