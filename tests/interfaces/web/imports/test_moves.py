"""Moving in, in a browser: who may, what is refused, what came of it, and what both sides changed."""

from __future__ import annotations

import html
from pathlib import Path

from tests.interfaces.web.settings.conftest import SignIn

from relata.engine.transfer.migration.export import recognised
from relata.engine.transfer.migration.jobs import report_of
from relata.engine.transfer.migration.objects import CONFLICT, MIGRATION
from relata.engine.transfer.migration.planning import Options
from relata.engine.transfer.migration.running import Moved, move_in
from relata.engine.transfer.sources import SOURCES
from relata.interfaces.http import csrf
from relata.testing.house import House

NAMES = "Id,Name,AnnualRevenue\n001000000000001AAA,Looms,20.50\n001000000000002AAA,Mills,1\n"


async def brought(house: House, folder: Path, text: str) -> Moved:
    (folder / "Account.csv").write_text(text)
    return await move_in(house.door, house.key, None, recognised(folder, SOURCES), Options(fields=False))


async def test_who_may_not_change_objects_sees_nothing_of_moves(sign_in: SignIn) -> None:
    member, admin = await sign_in("member"), await sign_in("admin", name="Boss")
    assert (await member.get("/import/moves")).status_code == 403
    assert "/import/moves" not in (await member.get("/import")).text
    page = await admin.get("/import/moves")
    assert (page.status_code, "Salesforce" in page.text) == (200, True)


async def test_what_is_no_export_is_refused_in_words(sign_in: SignIn) -> None:
    admin = await sign_in("admin")
    nothing = await admin.post("/import/moves/file", {})
    token = csrf.make_token(next(iter(admin.client.cookies.values())))
    sent = await admin.client.post(
        "/import/moves/file", data={"_csrf": token}, files={"file": ("accounts.csv", b"Id,Name\n1,2\n", "text/csv")}
    )
    assert (nothing.status_code, sent.status_code) == (422, 422)
    assert "No file was sent" in nothing.text
    assert "zip" in html.unescape(sent.text)


async def test_figures_are_shown_and_conflicts_decided(sign_in: SignIn, open_house: House, tmp_path: Path) -> None:
    admin = await sign_in("admin")
    await brought(open_house, tmp_path, NAMES)
    async with open_house.system() as work:
        loom = (await work.find("account", reference="001000000000001AAA"))[0]
        await work.change(loom, {"name": "Our looms"})
    moved = await brought(open_house, tmp_path, NAMES.replace("Looms", "Their looms"))
    async with open_house.system() as work:
        values = {"name": "export.zip", "system": "Salesforce", "status": "done", "report": report_of(moved)}
        run = (await work.create(MIGRATION, values)).id
        conflict = (await work.find(CONFLICT, decision="open"))[0].id
    page = html.unescape((await admin.get(f"/import/moves/{run}")).text)
    done = await admin.post(f"/import/moves/{run}/conflicts/{conflict}/theirs")
    async with open_house.system() as work:
        after = await work.get("account", loom.id)
    assert all(text in page for text in ("Our looms", "Their looms", "21.50", "1 values changed on both sides"))
    assert done.status_code in (200, 303)
    assert after["name"] == "Their looms"
    assert "Their looms" not in (await admin.get(f"/import/moves/{run}")).text
