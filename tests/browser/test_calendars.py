"""One of a series is moved in the calendar, and a real CardDAV program reads the people that its user may see."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House
from relata.app.demo import MANAGER
from relata.engine.identity import keys
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.rest.carddav.cards import SCOPE

_CONFIG = """[general]
status_path = "{folder}/status"
[pair people]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "{folder}/book"
fileext = ".vcf"
[storage there]
type = "carddav"
url = "{address}/carddav/contacts/"
username = "anybody"
password = "{password}"
read_only = true
"""


def test_moving_one_of_a_series_asks_which(page: Page, site: Site) -> None:
    async def series(house: House) -> str:
        async def make(work: Workspace) -> str:
            manager = await work.first("user", email=MANAGER)
            assert manager is not None
            start = work.clock.now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=400)
            values = {"subject": "Weekly talk", "starts_at": start, "repeats": "weekly", "owner": manager.id}
            await work.create("meeting", values)
            return start.date().isoformat()

        return await house.door.run(MAIN, None, make, via="test")

    day = site.change(series)
    page.goto(f"/meetings/calendar?span=week&day={day}")
    entry = page.locator(".calendar-timed[data-at] a", has_text="Weekly talk")
    expect(entry).to_have_count(1)
    page.wait_for_function("customElements.get('calendar-view') !== undefined")
    entry.press("Alt+ArrowDown")
    page.get_by_role("dialog").get_by_role("button", name="Only this one").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    moved = page.locator(".calendar-timed a", has_text="Weekly talk")
    expect(moved).to_contain_text(":15")
    expect(moved.locator(".calendar-repeats")).to_have_count(0)


def test_a_carddav_program_reads_whom_its_user_may_see(site: Site, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("vdirsyncer")
    if not program.exists():
        pytest.skip("vdirsyncer is not installed (requirements/dev).")

    async def key_and_people(house: House) -> tuple[str, int]:
        async with house.database.transaction() as connection:
            row = await connection.fetch_one('select workspace, "user" from relata.membership limit 1')
            assert row is not None
            _, text = await keys.create(connection, row[0], row[1], "Telephone", scopes=(SCOPE,))

        async def people(work: Workspace) -> int:
            return await work.count("contact")

        return text, await house.door.run(MAIN, row[1], people, via="test")

    password, people = site.change(key_and_people)
    (tmp_path / "book").mkdir()
    config = tmp_path / "config"
    config.write_text(_CONFIG.format(folder=tmp_path, address=site.address, password=password))
    for what in ("discover", "sync", "sync"):
        done = subprocess.run(
            [program, "-c", config, what], capture_output=True, text=True, input="y\n", timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
    cards = list((tmp_path / "book").glob("*.vcf"))
    assert len(cards) == people > 50
    assert all("FN:" in card.read_text() for card in cards)
