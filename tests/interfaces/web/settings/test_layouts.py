"""The layout editor in a browser: what is saved, for whom, and what bad input meets."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser

from relata.testing.house import House

PLACE = "/settings/objects/account/layout"
FORM: dict[str, str | list[str]] = {
    "part": [
        "area:highlights", "field:industry", "area:page", "section:k0", "field:name", "field:website",
        "related:contacts", "tab:k1", "section:k2", "field:industry", "area:columns", "field:industry",
        "field:parent.name", "area:quick", "area:card",
    ],
    "title.k0": "First", "visible.k0": 'name = "Nord"', "columns.k0": "2", "title.k1": "Second", "title.k2": "Inside",
    "order": "-name", "rest": "1",
}  # fmt: skip


async def test_what_the_form_says_becomes_the_layout_of_a_role(ada: Browser, open_house: House) -> None:
    saved = await ada.post(PLACE, {**FORM, "role": "reader"})
    assert saved.headers["location"] == f"{PLACE}?role=reader&done=saved"
    async with open_house.as_person(await open_house.person("Rosa", "reader")) as work:
        layout = work.layout("account")
    (first,), (tab,) = layout.sections, layout.tabs
    assert (first.title, first.fields, first.columns) == ("First", ("name", "website"), 2)
    assert (tab.title, [section.title for section in tab.sections]) == ("Second", ["Inside"])
    assert (layout.columns, layout.order, layout.related) == (("industry", "parent.name"), "-name", ("contacts",))
    shown = (await ada.get(f"{PLACE}?role=reader")).text
    assert 'value="First"' in shown
    assert "Reset layout" in shown
    reset = await ada.post(f"{PLACE}/reset", {"role": "reader"})
    assert reset.headers["location"] == f"{PLACE}?role=reader&done=reset"
    assert 'value="First"' not in (await ada.get(f"{PLACE}?role=reader")).text


async def test_bad_input_comes_back_with_words_and_what_was_typed(ada: Browser) -> None:
    wrong = {
        "condition": {**FORM, "visible.k0": "name ="},
        "needs a name": {**FORM, "title.k0": " "},
        "no field nothing": {**FORM, "part": ["area:page", "section:k0", "field:nothing"]},
        "such columns": {**FORM, "board.by": "name"},
    }
    for words, form in wrong.items():
        answer = await ada.post(PLACE, form)
        assert answer.status_code == 422, words
        assert words in answer.text
    for parts in ("", "::", "field:name", "section:", "tab:x"):
        assert (await ada.post(PLACE, {"part": parts})).status_code in (303, 422), parts
    assert (await ada.get("/settings/objects/nothing/layout")).status_code == 404
    assert (await ada.get(f"{PLACE}?role=nobody")).status_code == 404


async def test_the_preview_shows_a_draft_as_a_role_sees_it(ada: Browser, open_house: House) -> None:
    async with open_house.system() as work:
        made = await work.create("account", {"name": "Nord", "website": "nord.example.com"})
    shown = await ada.post(f"{PLACE}/preview", {**FORM, "as": "reader", "record": str(made.id)})
    assert "First" in shown.text
    assert "nord.example.com" in shown.text
    nobody = await ada.post(f"{PLACE}/preview", {**FORM, "as": "reader", "record": "x"})
    assert "no record" in nobody.text
    broken = await ada.post(f"{PLACE}/preview", {**FORM, "visible.k0": "name =", "record": str(made.id)})
    assert "condition" in broken.text
