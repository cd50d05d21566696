"""Rule 6: a secret is written and never read, and a form that does not show it does not empty it either."""

from __future__ import annotations

from uuid import UUID

from tests.access.conftest import Connect

from relata.testing.house import House

SECRET = "hush-hush-9481"


async def test_a_secret_stands_nowhere_and_survives_a_form(house: House, connect: Connect) -> None:
    browser = await connect(await house.person("Ada", "admin"), browser=True)
    made = (await browser.post("/api/v1/specimens", json={"name": "Safe", "secret": SECRET})).json()
    here = f"specimens/{made['id']}"
    for address in (f"/{here}", f"/{here}/edit", f"/{here}/peek", f"/api/v1/{here}", f"/api/v1/{here}/history"):
        answer = await browser.get(address)
        assert answer.status_code == 200, address
        assert SECRET not in answer.text, address
    saved = await browser.post(f"/{here}/edit", data={"name": "Safer", "secret": "", "version": str(made["version"])})
    assert saved.status_code == 303
    async with house.system() as work:
        row = await work.unit.connection.fetch_one(f"select name, secret from {work.context.schema}.specimen")
        kept = await work.get("specimen", UUID(made["id"]))
    assert row is not None
    assert (row[0], SECRET in row[1], kept["secret"]) == ("Safer", False, SECRET)
