"""Reports by the API: asked with a definition or by name, with the caller's access."""

from __future__ import annotations

from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House

BODY = {
    "object": "account", "rows": [{"path": "industry"}],
    "measures": [{"function": "count"}, {"function": "sum", "path": "employees"}],
}  # fmt: skip


async def told(api: Program) -> None:
    for name, industry, employees in (("A", "retail", 3), ("B", "retail", 4), ("C", "software", 5)):
        await api.post("accounts", json={"name": name, "industry": industry, "employees": employees})


async def test_a_definition_is_answered_and_each_figure_names_its_records(house: House, connect: Connect) -> None:
    api = await connect(await house.person("Ada Admin", "admin"))
    await told(api)
    answer = (await api.post("report", json={"definition": BODY})).json()
    keys = [[key["id"] for key in head] for head in answer["rows"]]
    assert sorted(keys) == [[], ["retail"], ["software"]]
    cells = {tuple(keys[cell["row"]]): cell for cell in answer["cells"]}
    assert (cells["retail",]["values"], cells[()]["values"]) == ([2, 7], [3, 12])
    where = cells["retail",]["where"][1]
    assert len((await api.get("accounts", params={"where": where})).json()["data"]) == 2


async def test_what_is_no_report_is_refused_with_its_reason(house: House, connect: Connect) -> None:
    api = await connect(await house.person("Ada Admin", "admin"))
    for body in ({}, {"definition": {"object": "nothing"}}, {"definition": 3}, {"report": "x", "definition": BODY}):
        assert (await api.post("report", json=body)).status_code == 422, body
    assert (await api.post("report", json={"report": "no.such"})).status_code == 404
    wrong = {"definition": BODY | {"where": "("}}
    assert (await api.post("report", json=wrong)).status_code == 422


async def test_a_kept_report_is_answered_for_who_sees_less(house: House, connect: Connect) -> None:
    api = await connect(await house.person("Ada Admin", "admin"))
    await told(api)
    made = await api.post("reports", json={"name": "By industry", "body": BODY})
    assert made.status_code == 201
    key = made.json()["id"]
    assert len((await api.post("report", json={"report": key})).json()["rows"]) == 3
    rep = await connect(await house.person("Rep", "sales_rep"))
    assert (await rep.post("report", json={"report": key})).status_code == 404
    shown = (await rep.post("report", json={"definition": BODY})).json()
    assert [note["kind"] for note in shown["notes"]] == ["hidden"]


async def test_a_past_day_and_what_changed_since(house: House, connect: Connect) -> None:
    api = await connect(await house.person("Ada Admin", "admin"))
    await told(api)
    then = (await api.post("report", json={"definition": BODY, "as_on": "2020-02-03"})).json()
    assert (then["as_on"], then["rows"]) == ("2020-02-03", [[]])
    changed = (await api.post("report/changes", json={"definition": BODY, "since": "2020-02-03"})).json()
    assert [(bar["kind"], bar["value"], len(bar["records"])) for bar in changed["bars"]] == [
        ("start", 0, 0), ("new", 3, 3), ("end", 3, 0),
    ]  # fmt: skip
    for wrong in ({}, {"since": "2999-01-01"}, {"since": "2020-02-03", "until": "2020-01-01"}):
        assert (await api.post("report/changes", json={"definition": BODY} | wrong)).status_code == 422
