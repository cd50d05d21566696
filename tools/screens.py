"""Take a picture of every screen, to be looked at: `python tools/screens.py OUT [--company overfull] [--only board]`.

Three companies (`companies.py`), any width and theme, from right to left, in high contrast. Pictures lie in OUT by
company, width and theme, and together on sheets; what scrolls sideways, breaks the content policy or answers with an
error is printed. `--keep HOME` keeps the companies for the next time.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from relata.app.demo import MANAGER
from relata.testing.browser import OPTIONS, chromium_path
from relata.testing.demo import PASSWORD

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.browser.test_accessibility import SCROLLS
from tools.companies import KINDS, company

HEIGHTS = {390: 844, 768: 1024, 1440: 900}
OBJECTS = ("opportunities", "accounts", "contacts", "leads", "tasks", "meetings", "products")
KINDS_OF_LIST = ("board", "calendar", "gallery", "map")
PUBLIC = ("/sign-in", "/forgot", "/reset/x", "/invitation/x", "/setup/x", "/stop-mails/x", "/sign-in/second")
Step = Callable[[Page], None]
HEIGHT = "Math.max(...[...document.querySelectorAll('.page, .main, html')].map(one => one.scrollHeight))"


def press(*keys: str) -> Step:
    """Keys, one after the other."""

    def steps(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key) if len(key) == 1 or "+" in key or key[0].isupper() else page.keyboard.type(key)

    return steps


def click(selector: str) -> Step:
    """The first that matches."""
    return lambda page: page.locator(f"{selector} >> visible=true").first.click(timeout=3000)


def open_dialog(address: str) -> Step:
    """A dialog's answer where its button would put it."""

    def steps(page: Page) -> None:
        page.locator(f"[hx-get='{address}']").first.evaluate("one => one.click()")

    return steps


def choose_rows(page: Page) -> None:
    """Two rows, so that the bar for many stands there."""
    for number in range(2):
        page.locator("input[name=selected]").nth(number).check(timeout=3000, force=True)


#: What has no address of its own: where it starts, and how one comes there.
STEPS: dict[str, tuple[str, Step]] = {
    "palette": ("/opportunities", press("Control+k")),
    "palette-found": ("/opportunities", press("Control+k", "mil")),
    "palette-nothing": ("/opportunities", press("Control+k", "zzzzz")),
    "shortcuts": ("/opportunities", press("?")),
    "filter-dialog": ("/opportunities", press("f")),
    "columns-dialog": ("/opportunities", click("[hx-get*='/columns']")),
    "view-dialog": ("/opportunities?order=-amount", click("[hx-get*='/views/new']")),
    "unsaved-view": ("/opportunities?order=-amount&group=stage", lambda page: None),
    "chosen-rows": ("/accounts", choose_rows),
    "list-deleted": ("/accounts?deleted=true", lambda page: None),
    "list-nothing": ("/accounts?q=zzzzzzz", lambda page: None),
    "list-wrong-filter": ("/accounts?where=nothing%20%3D%203", lambda page: None),
    "side-panel": ("/opportunities", press("j", "j", " ")),
    "notification-panel": ("/opportunities", click("[hx-get*='notifications/panel']")),
    "form-refused": ("/opportunities/new", click("main form[method=post] button[type=submit]")),
    "sidebar-arranged": ("/", open_dialog("/desk/sidebar")),
    "home-arranged": ("/", open_dialog("/desk/home")),
    "search": ("/search?q=mil", lambda page: None),
    "not-found": ("/accounts/01900000-0000-7000-8000-000000000000", lambda page: None),
    "no-object": ("/nothing-like-this", lambda page: None),
}  # fmt: skip


def links(page: Page, start: str) -> list[str]:
    """Addresses on the page that begin so, each once."""
    found: list[str] = page.eval_on_selector_all(
        f"a[href^='{start}']", "all => [...new Set(all.map(one => one.getAttribute('href')))]"
    )
    return found


def screens(page: Page) -> Iterator[tuple[str, str, Step | None]]:
    """Name, address and further steps of every screen that this company has."""
    yield "home", "/", None
    yield "notifications", "/notifications?show=all", None
    for name in OBJECTS:
        yield name, f"/{name}", None
        page.goto(f"/{name}")
        here = [one.split("?")[0] for one in links(page, f"/{name}/")]
        yield from ((f"{name}-{kind}", f"/{name}/{kind}", None) for kind in KINDS_OF_LIST if f"/{name}/{kind}" in here)
        yield f"{name}-new", f"/{name}/new", None
        record = next((one for one in here if one.startswith(f"/{name}/0")), "")
        if record:
            yield f"{name}-record", record, None
            yield f"{name}-edit", f"{record}/edit", None
            page.goto(record)
            tabs = [one for one in links(page, f"{record}?tab") if one]
            yield from ((f"{name}-tab-{number}", tab, None) for number, tab in enumerate(tabs))
    for name, (start, steps) in STEPS.items():
        yield name, start, steps
    page.goto("/settings")
    yield "settings", "/settings", None
    for place in [one for one in links(page, "/settings/") if "?" not in one]:
        yield place.strip("/").replace("/", "-"), place, None
        page.goto(place)
        below = [one for one in links(page, f"{place}/") if "?" not in one][:4]
        yield from ((one.strip("/").replace("/", "-"), one, None) for one in below)
    account = "/settings/objects/account"
    for part in ("fields/new", "fields/industry", "layout"):
        yield f"settings-account-{part.replace('/', '-')}", f"{account}/{part}", None


def prepare(page: Page, args: argparse.Namespace) -> None:
    """From right to left where that was asked for, on every page, before it is painted."""
    if args.rtl:
        turn = "() => document.documentElement.dir = 'rtl'"
        page.add_init_script(f"document.addEventListener('readystatechange', {turn})")


def sign_in(page: Page) -> None:
    """As the manager."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(MANAGER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("main h1")


def take(page: Page, name: str, address: str, steps: Step | None, folder: Path, args: argparse.Namespace) -> None:
    """One picture; what is wrong with the page is printed."""
    try:
        answer = page.goto(address, wait_until="load", timeout=15_000)
        if answer is not None and answer.status >= 500:
            print(f"{folder.name} {name}: answered {answer.status}")
        page.wait_for_timeout(150)
        if steps is not None:
            steps(page)
            page.wait_for_timeout(600)
        wrong = page.evaluate(SCROLLS)
        for one in wrong:
            print(f"{folder.name} {name}: scrolls sideways: {one}")
        if args.tall:
            height = page.evaluate(HEIGHT)
            width = page.viewport_size["width"] if page.viewport_size else 1440
            page.set_viewport_size({"width": width, "height": min(height + 60, 2600)})
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
        if args.tall:
            page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
    except PlaywrightError as error:
        print(f"{folder.name} {name}: {str(error).splitlines()[0]}")


def sheets(browser: Browser, folder: Path, width: int) -> None:
    """All pictures of a folder, several to a sheet, with their names."""
    across, shown = (5, 390) if width <= 400 else (3, 640) if width <= 800 else (2, 960)
    each = across * (2 if width > 400 else 1)
    pictures = sorted(one for one in folder.glob("*.png") if not one.name.startswith("sheet"))
    page = browser.new_page(viewport={"width": across * (shown + 8), "height": 600})
    for number in range(0, len(pictures), each):
        cells = "".join(
            f"<figure><figcaption>{one.stem}</figcaption><img src='file://{one}' width={shown}></figure>"
            for one in pictures[number : number + each]
        )
        style = "body{margin:0;font:14px sans-serif;background:#888}"
        style += "figure{display:inline-block;margin:0 4px;vertical-align:top}"
        (folder / "sheet.html").write_text(f"<meta charset=utf-8><style>{style}</style>{cells}", encoding="utf-8")
        page.goto(f"file://{folder / 'sheet.html'}")
        page.screenshot(path=folder / f"sheet-{number // each:02}.png", full_page=True)
    page.close()


def visit(browser: Browser, base: str, kind: str, width: int, theme: str, args: argparse.Namespace) -> None:
    """Every screen of a company in one width and theme."""
    folder = args.out / f"{kind}-{width}-{theme}{'-rtl' if args.rtl else ''}{'-contrast' if args.contrast else ''}"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    context = browser.new_context(
        base_url=base, color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce",
        contrast="more" if args.contrast else "no-preference",
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
    )  # fmt: skip
    page = context.new_page()
    page.on("pageerror", lambda error: print(f"{folder.name}: {error}"))
    page.on("console", lambda one: print(folder.name, one.text[:200]) if "Content Security" in one.text else None)
    prepare(page, args)
    wanted = args.only.split(",") if args.only else [""]
    for address in PUBLIC:
        name = "public-" + address.split("/")[1] + ("-second" if address.endswith("second") else "")
        if any(one in name for one in wanted):
            take(page, name, address, None, folder, args)
    sign_in(page)
    aside = context.new_page()
    prepare(aside, args)
    for name, address, steps in screens(aside):
        if any(one in name for one in wanted):
            take(page, name[:60], address, steps, folder, args)
    context.close()
    sheets(browser, folder, width)


def main() -> None:
    """As the command line says."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("out", type=Path)
    told.add_argument("--company", default=",".join(KINDS))
    told.add_argument("--width", default="390,768,1440")
    told.add_argument("--theme", default="light,dark")
    told.add_argument("--only", default="", help="parts of names, with commas")
    told.add_argument("--rtl", action="store_true")
    told.add_argument("--contrast", action="store_true")
    told.add_argument("--tall", action="store_true", help="the whole page instead of the window")
    told.add_argument("--keep", type=Path, help="where the companies stay")
    args = told.parse_args()
    args.out = args.out.resolve()
    home = args.keep or Path(tempfile.mkdtemp(prefix="relata-screens-", dir="/tmp"))
    try:
        for kind in args.company.split(","):
            with company(home, kind) as site, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=OPTIONS)
                for width in map(int, args.width.split(",")):
                    for theme in args.theme.split(","):
                        visit(browser, site.address, kind, width, theme, args)
                browser.close()
    finally:
        if not args.keep:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
