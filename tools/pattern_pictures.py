"""Render the pattern pages to files and take pictures of them, in light and dark and at three widths.

`python tools/pattern_pictures.py OUT [name ...]` after the front end was built. Chromium is Playwright's own, or the
one that RELATA_CHROMIUM points at. `--html` only writes the pages.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from relata.interfaces.html.assets import STATIC, Assets
from relata.interfaces.html.environment import create_environment
from relata.interfaces.html.patterns import FRAGMENTS, PAGES, render_pattern

WIDTHS = {"phone": (390, 844), "tablet": (768, 1024), "desktop": (1440, 900)}
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def write_pages(folder: Path) -> None:
    """Every pattern page as a file, with the built front end beside them."""
    (folder / "patterns").mkdir(parents=True, exist_ok=True)
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    environment = create_environment(assets=Assets(base="/static/"))
    for name in PAGES:
        page = folder / "patterns" / f"{name or 'index'}.html"
        page.write_text(render_pattern(environment, name), encoding="utf-8")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the folder without a line per request."""

    def log_message(self, format: str, *args: object) -> None: ...

    def translate_path(self, path: str) -> str:
        found = super().translate_path(path)
        return f"{found}.html" if path.startswith("/patterns/") else found

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        super().end_headers()


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def take(browser: Browser, address: str, name: str, out: Path, scheme: str, width: str) -> None:
    columns, lines = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": columns, "height": lines},
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=width == "phone",
        is_mobile=width == "phone",
    )
    page = context.new_page()
    page.on("console", lambda message: print(f"{name}: {message.text}") if message.type == "error" else None)
    page.goto(f"{address}/patterns/{name}")
    page.wait_for_function("document.fonts.ready.then(() => true)")
    if name == "index":  # the page scrolls inside its frame: make the window as tall as its content
        height = page.evaluate("document.querySelector('.page').scrollHeight")
        page.set_viewport_size({"width": columns, "height": height + 120})
    page.screenshot(path=out / f"{name}-{width}-{scheme}.png")
    context.close()


def main(arguments: list[str]) -> None:
    out = Path(arguments[0])
    write_pages(out / "pages")
    if "--html" in arguments:
        return
    names = arguments[1:] or [name or "index" for name in PAGES if name not in FRAGMENTS]
    server = serve(out / "pages")
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("RELATA_CHROMIUM") or None, args=CHROMIUM_OPTIONS
        )
        for name in names:
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    take(browser, address, name, out, scheme, width)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
