"""Languages: a person reads the screens in their own, a stranger in the browser's, and administrators name their
objects in each."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser

from relata.foundation.i18n import gettext, speaking
from relata.testing.house import House

OBJECT = {"label": "Order", "plural_label": "Orders", "help": "", "icon": "box", "nav": "true"}


async def _speak(house: House, browser: Browser, language: str) -> None:
    async with house.system() as work:
        assert browser.user
        await work.change(await work.get("user", browser.user), {"language": language})
    house.door.actors.clear()


async def test_screens_speak_the_language_of_their_reader(ada: Browser, open_house: House) -> None:
    assert "Saved views of lists" not in (await ada.get("/notifications")).text
    await _speak(open_house, ada, "de")
    page = (await ada.get("/settings/objects")).text
    assert '<html lang="de"' in page
    assert "Objekte und Felder" in page
    assert "Saved views of lists" not in page
    await _speak(open_house, ada, "fr-CH")
    assert "Objets et champs" in (await ada.get("/settings/objects")).text


async def test_a_form_shows_what_was_written_not_its_translation(ada: Browser, open_house: House) -> None:
    await _speak(open_house, ada, "es")
    page = (await ada.get("/settings/objects/user")).text
    assert 'value="User"' in page or 'value="Person"' in page
    assert 'name="label.es"' in page


async def test_administrators_name_objects_in_other_languages(ada: Browser, open_house: House) -> None:
    typed = {**OBJECT, "label.de": "Auftrag", "plural_label.de": "Aufträge"}
    answer = await ada.post("/settings/objects/user", typed)
    assert answer.headers["location"].endswith("?done=saved")
    one = (await open_house.door.context("main")).registry.get("user")
    assert one.title_plural == "Orders"
    with speaking("de-AT"):
        assert (one.title, one.title_plural, one.noun) == ("Auftrag", "Aufträge", "Auftrag")
    with speaking("fr"):
        assert one.title == gettext("Order")
