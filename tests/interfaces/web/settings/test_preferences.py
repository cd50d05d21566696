"""Personal preferences: kept with the person, applied on every page, refused where they are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.interfaces.web.settings.conftest import Browser

from relata.interfaces.html.formatting import Formatter
from relata.testing.house import House

PLACE = "/settings/appearance"
FORM: dict[str, str | list[str]] = {
    "dates": "iso",
    "times": "24",
    "numbers": "dot_comma",
    "currency": "USD",
    "start_page": "/accounts",
    "shortcuts": "false",
}


async def test_preferences_are_kept_and_applied(ada: Browser, open_house: House) -> None:
    assert (await ada.post(PLACE, FORM)).headers["location"] == f"{PLACE}?done=saved"
    assert (await ada.post(f"{PLACE}/looks", {"theme": "contrast", "density": "compact"})).status_code == 204
    open_house.door.actors.clear()
    page = (await ada.get("/settings/profile")).text
    for words in ('data-theme="contrast"', 'data-density="compact"', 'data-shortcuts="off"'):
        assert words in page
    assert (await ada.get("/?start")).headers["location"] == "/accounts"
    assert (await ada.get("/")).status_code == 200
    async with open_house.system() as work:
        assert ada.user
        record = await work.get("user", ada.user)
        assert record["preferences"]["dates"] == "iso"
        assert (await work.history(record))[0].action == "changed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"dates": "never"},
        {"currency": "usd"},
        {"start_page": "https://evil.example"},
        {"start_page": "//evil.example"},
        {"start_page": "/\\evil"},
    ],
)
async def test_what_is_no_choice_is_refused_at_its_field(ada: Browser, wrong: dict[str, str]) -> None:
    answer = await ada.post(PLACE, {**FORM, **wrong})
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert (await ada.post(f"{PLACE}/looks", {"theme": "pink"})).status_code == 422


def test_own_formats_win_over_the_locales() -> None:
    now = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
    own = Formatter("en", "UTC", now, numbers="dot_comma", dates="dots", clock="24")
    assert (own.number(1234.5), own.date(now), own.time(now)) == ("1.234,5", "09.03.2026", "14:05")
    plain = Formatter("en", "UTC", now)
    assert plain.number(1234.5) == "1,234.5"
