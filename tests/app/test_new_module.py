"""A copy of the example boots, and every interface finds its object without another line changed."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
import pytest_asyncio
from click.testing import CliRunner

import relata.modules
from relata.app.application import Relata
from relata.app.assembly import MAIN, House
from relata.app.modules import discover
from relata.app.scaffold import EXAMPLE, new_module
from relata.app.settings import Settings
from relata.app.tasks import dispatcher
from relata.app.web import assemble
from relata.engine.identity import keys
from relata.engine.jobs.queue import Queue
from relata.engine.storage.database import Database
from relata.interfaces.cli.commands import cli
from relata.testing.house import fresh_database

HERE = Path(relata.modules.__file__).parent
PASSWORD = "four unrelated words"
EMAIL = "ada@example.com"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A module made from the example, where Python finds it."""
    folder = tmp_path_factory.mktemp("modules")
    shutil.copytree(HERE / EXAMPLE, folder / EXAMPLE)
    new_module("site_visits", folder)
    shutil.rmtree(folder / EXAMPLE)
    before = relata.modules.__path__
    relata.modules.__path__ = [*before, str(folder)]
    yield
    relata.modules.__path__ = before
    for name in [name for name in sys.modules if name.startswith("relata.modules.site_visits")]:
        del sys.modules[name]


@dataclass(frozen=True)
class Booted:
    """A running application with the copy in it. api: a program with a key; browser: a person who signed in."""

    api: httpx.AsyncClient
    browser: httpx.AsyncClient
    relata: Relata


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def booted(postgres_url: str, copied: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Booted]:
    url = await fresh_database(postgres_url)
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=url)
    app = assemble(house := House(settings, Database(url, pool_size=4), discover()))
    async with house:
        await house.migrate()
        link = await house.setup_link()
        assert link is not None
        await house.first_setup(link.rpartition("/")[2], "Larkfield", "Ada", EMAIL, PASSWORD)
        await furnish_copy(house)
        async with house.door.open(MAIN, None) as work:
            ada = (await work.find("user", email=EMAIL))[0]
            _, key = await keys.create(work.unit.connection, work.context.id, ada.id, "Test")
        while await dispatcher(house, Queue(url)).look():
            pass
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        bearer = {"authorization": f"Bearer {key}"}
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1/", headers=bearer) as api,
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser,
        ):
            entered = await browser.post(
                "/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers={"origin": "http://localhost"}
            )
            assert entered.status_code == 303, entered.text
            yield Booted(api, browser, Relata(settings))
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        await connection.execute(f"drop database {name} with (force)")  # type: ignore[arg-type]


async def furnish_copy(house: House) -> None:
    """The copy's own part of the demo company."""
    context = await house.door.context(MAIN)
    (module,) = [one for one in context.registry.modules.values() if one.name == "site_visits"]
    assert module.demo is not None
    await house.door.run(MAIN, None, module.demo)


async def test_the_api_lists_it_and_describes_it(booted: Booted) -> None:
    found = (await booted.api.get("site_visits", params={"order": "name"})).json()
    assert [one["name"] for one in found["data"]] == ["Foam thermometer", "Grinder for trials", "Water test kit"]
    assert "/site_visits" in (await booted.api.get("openapi.json")).json()["paths"]


async def test_the_api_runs_its_action(booted: Booted) -> None:
    (kit,) = (await booted.api.get("site_visits", params={"where": 'name = "Water test kit"'})).json()["data"]
    command = {"to": "Mira Novak", "due_on": "2199-01-01"}
    done = await booted.api.post(f"site_visits/{kit['id']}/actions/lend_site_visit", json=command)
    assert done.status_code == 200, done.text
    assert (await booted.api.get(f"site_visits/{kit['id']}")).json()["status"] == "lent"


async def test_the_screens_show_it(booted: Booted) -> None:
    (grinder,) = (await booted.api.get("site_visits", params={"where": 'name = "Grinder for trials"'})).json()["data"]
    pages = {path: await booted.browser.get(path) for path in ("/", "/site_visits", f"/site_visits/{grinder['id']}")}
    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(pages, 200)
    assert "Site visits" in pages["/"].text
    assert "Grinder for trials" in pages["/site_visits"].text
    assert "Grinder for trials" in pages[f"/site_visits/{grinder['id']}"].text


async def test_the_search_finds_it(booted: Booted) -> None:
    assert "Foam thermometer" in (await booted.browser.get("/search", params={"q": "thermom"})).text


async def test_the_command_lists_it_and_finds_it(booted: Booted) -> None:
    listed = await ask(booted, "records", "list", "site_visit", "--json")
    assert len(listed["data"]) == 3
    assert [hit["object"] for hit in await ask(booted, "search", "thermometer", "--json")] == ["site_visit"]
    actions = (await ask(booted, "objects", "site_visit", "--json"))["actions"]
    assert [one["name"] for one in actions] == ["lend_site_visit"]


async def ask(booted: Booted, *arguments: str):  # type: ignore[no-untyped-def]
    """What a command printed; commands have an event loop of their own."""
    result = await asyncio.to_thread(CliRunner().invoke, cli, list(arguments), obj=booted.relata)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
