"""Take the pictures of the documentation from a demo of its own: `python tools/pictures.py`.

Chromium is the machine's, the one that RELATA_CHROMIUM points at, or Playwright's own. The front end must be built.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).parent.parent / "docs" / "images"
EMAIL, SELLER = "clara@larkfield.example", "mira@larkfield.example"
#: By name of the picture; a record and the palette follow.
SCREENS = (
    ("list", "/opportunities"),
    ("board", "/opportunities/board"),
    ("calendar", "/meetings/calendar"),
    ("gallery", "/contacts/gallery"),
    ("map", "/accounts/map"),
    ("dashboard", "/dashboards"),
    ("layout", "/settings/objects/account/layout"),
    ("roles", "/settings/roles/sales_rep"),
)
LARGEST_BYTES = 200_000
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextmanager
def demo(home: Path) -> Iterator[tuple[str, str]]:
    """A demo in `home` while the block lasts; its address and password."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = {**os.environ, "RELATA_HOME": str(home), "RELATA_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "relata.app", "demo"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C stops it" in line:
                break
        yield f"http://127.0.0.1:{port}", (home / "demo" / "demo-password").read_text().strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def take(page: Page, name: str) -> None:
    """The window as it is, when letters and everything else have come."""
    page.wait_for_load_state("load")  # the stream of live changes never ends, so the network is never idle
    page.wait_for_timeout(1200)
    page.evaluate("document.fonts.ready")
    file = OUT / f"{name}.png"
    page.screenshot(path=file)
    size = file.stat().st_size
    print(f"{file} {size // 1000} kB")
    if size > LARGEST_BYTES:
        sys.exit(f"{file.name} is too large for a page.")


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """As this person."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("main h1")


def take_home(page: Page, address: str, password: str) -> None:
    """Where a seller's day begins, after the first steps."""
    sign_in(page, address, SELLER, password)
    page.get_by_role("button", name="Put away").click()
    page.wait_for_timeout(300)
    take(page, "home")


def visit(page: Page, address: str, password: str) -> None:
    """The other main screens, as the manager."""
    sign_in(page, address, EMAIL, password)
    for name, path in SCREENS:
        page.goto(address + path)
        take(page, name)
    page.goto(f"{address}/accounts")
    page.locator("#list .title-link").first.click()
    page.wait_for_selector(".record-title")
    take(page, "record")
    page.goto(f"{address}/opportunities")
    page.keyboard.press("Control+k")
    page.keyboard.type("mil")
    take(page, "palette")


def main() -> None:
    """All pictures, in light colours."""
    OUT.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="relata-pictures-", dir="/tmp"))
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("RELATA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    try:
        with demo(home) as (address, password), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
            for look in (take_home, visit):
                context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
                look(context.new_page(), address, password)
                context.close()
            browser.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
