"""Erasing from the record's page, and what the audit log then says of the seal."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.testing.house import House


async def contact(house: House) -> str:
    async with house.system() as work:
        return str((await work.create("contact", {"name": {"first": "Zoe", "last": "Quillfeather"}})).id)


async def test_the_name_must_be_typed(ada: Browser, open_house: House) -> None:
    path = f"/contacts/{await contact(open_house)}"
    assert "Zoe Quillfeather" in (await ada.get(f"{path}/erase")).text
    refused = await ada.post(f"{path}/erase", {"confirm": "Zoe"})
    assert (refused.status_code, "not the name" in refused.text) == (422, True)
    done = await ada.post(f"{path}/erase", {"confirm": "zoe quillfeather"})
    assert done.status_code == 303
    assert "Quillfeather" not in (await ada.get("/contacts")).text
    assert "1 person was erased." in (await ada.get("/settings/audit")).text


async def test_who_lacks_the_right_is_refused(sign_in: SignIn, open_house: House) -> None:
    path = f"/contacts/{await contact(open_house)}"
    mia = await sign_in("member")
    assert (await mia.get(f"{path}/erase")).status_code == 403
    assert (await mia.post(f"{path}/erase", {"confirm": "Zoe Quillfeather"})).status_code == 403


async def test_who_read_whom_is_shown(ada: Browser, open_house: House) -> None:
    path = f"/contacts/{await contact(open_house)}"
    await ada.get("/contacts")
    await open_house.door.flush_reads()
    found = (await ada.get("/settings/reads")).text
    assert "Zoe Quillfeather" in found
    assert path in found
