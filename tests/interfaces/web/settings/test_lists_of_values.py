"""Choice lists and the columns of boards in a browser: saved, and refused with words at their place."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser, Form

from relata.engine.workspace.administration import Administration
from relata.interfaces.web.settings.field_types import TYPES
from relata.testing.house import House

INDUSTRY = "/settings/choices/account/industry"


async def test_options_are_put_in_order_and_one_is_retired_with_another_in_its_place(
    ada: Browser, open_house: House
) -> None:
    async with open_house.system() as work:
        known = next(one for one in work.registry.get("account").choice_fields if one.name == "industry")
        first, second = known.options[0], known.options[1]
        made = await work.create("account", {"name": "Nord", "industry": first.value})
    values = [option.value for option in reversed(known.options)]
    form = {
        "option.value": [*values, ""], "option.label": [*values, "Roastery"],
        "option.colour": ["blue"] * (len(values) + 1), "option.state": ["offered"] * (len(values) + 1),
    }  # fmt: skip
    assert (await ada.post(INDUSTRY, form)).headers["location"] == f"{INDUSTRY}?done=saved"
    refused = await ada.post(f"{INDUSTRY}/retire", {"value": first.value})
    assert refused.status_code == 422
    assert "Choose another" in refused.text
    retired = await ada.post(f"{INDUSTRY}/retire", {"value": first.value, "replace": second.value})
    assert retired.headers["location"] == f"{INDUSTRY}?done=retired"
    async with open_house.system() as work:
        options = next(one for one in work.registry.get("account").choice_fields if one.name == "industry").options
        assert [option.value for option in options] == [*values, "roastery"]
        assert [option.value for option in options if option.retired] == [first.value]
        assert (await work.get("account", made.id))["industry"] == second.value
    wrong = await ada.post(INDUSTRY, {**form, "option.value": values[:1] * 2, "option.label": ["A", "B"]})
    assert wrong.status_code in (409, 422)
    assert (await ada.post(f"{INDUSTRY}/retire", {"value": "nothing"})).status_code == 404


async def test_the_columns_of_a_board_of_ones_own_are_arranged(ada: Browser, open_house: House) -> None:
    office = Administration(open_house.door, open_house.key, None)
    await office.add_object({"name": "step", "plural": "steps", "label": "Step", "reference": True})
    await office.add_field("step", {"type": "integer", "name": "position"})
    await office.add_field("account", {"type": "link", "name": "step", "to": "step"})
    await office.put("layout", "account", {"object": "account", "board": {"by": "step", "order": "position"}})
    place = "/settings/boards/account"
    form: Form = {"row": ["n1", "n2", "n3"], "n1.name": "Begin", "n2.name": "End", "n3.name": ""}
    assert (await ada.post(place, form)).headers["location"] == f"{place}?within=&done=saved"
    async with open_house.system() as work:
        found = {record.title: record for record in await work.find("step", order="position")}
        assert list(found) == ["Begin", "End"]
        made = await work.create("account", {"name": "Nord", "step": found["Begin"].id})
    again = {"row": [str(found["End"].id), str(found["Begin"].id)]}
    wrong = await ada.post(place, {**again, f"{found['End'].id}.name": "", f"{found['Begin'].id}.name": "Begin"})
    assert wrong.status_code == 422
    assert "field-error" in wrong.text
    where = f"{place}/{found['Begin'].id}/retire"
    assert (await ada.post(where, {})).status_code == 422
    assert (await ada.post(where, {"replace": "x"})).status_code == 422
    assert (await ada.post(where, {"replace": str(found["End"].id)})).status_code == 303
    async with open_house.system() as work:
        assert (await work.get("account", made.id))["step"] == found["End"].id


async def test_every_type_of_field_has_a_preview(ada: Browser) -> None:
    place = "/settings/objects/account/fields/preview?type="
    options = {"option.value": ["a"], "option.label": ["First"], "option.colour": ["blue"], "option.state": ["offered"]}
    for kind in TYPES:
        form: Form = {"label": "Machines", "to": "contact", **options}
        shown = await ada.post(f"{place}{kind.tag}", form)
        assert shown.status_code == 200, kind.tag
        assert "On pages and in lists" in shown.text, (kind.tag, shown.text)
    wrong = await ada.post(f"{place}text", {"label": "Machines", "pattern": "("})
    assert "no regular expression" in wrong.text
    assert (await ada.post(f"{place}nothing", {})).status_code == 404
