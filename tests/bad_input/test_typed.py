"""A form that comes back because something was wrong holds everything that was typed, for every type of field."""

from __future__ import annotations

import html

from tests.access.conftest import Connect

from relata.testing.house import House

#: By field: what is sent, and what must stand in the page that comes back.
TYPED = {
    "name": ("n" * 90, "n" * 90),
    "code": ("c 1", 'value="c 1"'),
    "note": ("one\ntwo <b>", "one\ntwo <b>"),
    "story": ("*so* it was", "*so* it was"),
    "pieces": ("a dozen", 'value="a dozen"'),
    "length": ("one metre", 'value="one metre"'),
    "share": ("half", 'value="half"'),
    "price": ("12 bananas", 'value="12 bananas"'),
    "price.currency": ("JPY", "<option selected>JPY"),
    "born_on": ("yesterday-ish", 'value="yesterday-ish"'),
    "seen_at": ("25:99", 'value="25:99"'),
    "effort": ("long", 'value="long"'),
    "kind": ("large", 'value="large" selected'),
    "stars": ("4", 'value="4" aria-label="4 stars" checked'),
    "words": ("free", "free"),
    "mails": ("not a mail", 'value="not a mail"'),
    "phones": ("call me", 'value="call me"'),
    "pages": ("::::", 'value="::::"'),
    "place.street": ("Torgasse 4", "Torgasse 4"),
    "place.country": ("Nowhere", "Nowhere"),
    "keeper.given": ("Ada", 'value="Ada"'),
    "keeper.family": ("f" * 400, "f" * 400),
    "spot": ("over there", 'value="over there"'),
}


async def test_a_refused_form_has_lost_nothing(house: House, connect: Connect) -> None:
    ada = await house.person("Ada", "admin")
    browser = await connect(ada, browser=True)
    async with house.system() as work:
        friend = await work.create("specimen", {"name": "A friend"})
    sent = {name: value for name, (value, _shown) in TYPED.items()}
    sent |= {"friends": str(friend.id), "parent": str(friend.id), "about": f"specimen:{friend.id}", "marks": "red"}
    for path in ("/specimens/new", f"/specimens/{friend.id}/edit"):
        again = await browser.post(path, data=sent)
        page = html.unescape(again.text)
        assert again.status_code == 422
        assert [name for name, (_value, shown) in TYPED.items() if shown not in page] == [], path
        assert page.count("A friend") >= 3
        assert f'value="specimen:{friend.id}"' in page


async def test_a_refused_value_of_each_type_stays_in_inline_edit(house: House, connect: Connect) -> None:
    browser = await connect(await house.person("Ada", "admin"), browser=True)
    async with house.system() as work:
        specimen = await work.create("specimen", {"name": "Odd", "price": {"amount": "5", "currency": "ZAR"}})
    for name in ("pieces", "length", "share", "price", "born_on", "seen_at", "effort", "mails", "phones", "spot"):
        value, shown = TYPED[name]
        again = await browser.patch(f"/specimens/{specimen.id}/fields/{name}", data={name: value})
        assert again.status_code == 422, name
        assert shown in html.unescape(again.text), name
    editing = await browser.get(f"/specimens/{specimen.id}/fields/price?edit")
    assert "<option selected>ZAR" in editing.text
