"""What a person waits for, in a real Chromium over the real server: pages cold and warm, the first card of a board,
typing in a cell, and how much travels.

Times are the browser's own: from the press of the button, or from the moment it set out for an address, until it says
that the element that answers was painted (Element Timing, https://w3c.github.io/element-timing/). What Playwright needs
to find the link and to look again is said beside it. "Cold" is a browser with empty caches; warm pages have their
script and style already.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from typing import Any

from relata.app.bench import servers
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile
from relata.app.bench.people import PASSWORD, address_of
from relata.foundation.errors import Unavailable

_OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_TIMES = 8
#: Nobody clicks before they have looked: the page is whole by then, and its later requests are answered.
_READS_MS = 1_000
#: Notes when a button was pressed, and when the first element that comes for a selector was painted.
_WATCH = """
    window.benchPainted = {};
    window.benchAwait = (selector) => {
      const before = document.querySelector(selector);
      new MutationObserver((_changes, watch) => {
        const found = document.querySelector(selector);
        if (!found || found === before) return;
        watch.disconnect();
        found.setAttribute("elementtiming", "bench");
      }).observe(document, { childList: true, subtree: true });
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.benchPainted.at ??= entry.renderTime;
    }).observe({ type: "element", buffered: true });
    addEventListener("pointerdown", (event) => (window.benchPainted = { pressed: event.timeStamp }), true);
"""
_PAINTED = "() => window.benchPainted.at && window.benchPainted.at - (window.benchPainted.pressed ?? 0)"


@dataclass
class _Traffic:
    """Bytes on the wire since the last look."""

    bytes: int = 0
    requests: int = 0

    def finished(self, event: dict[str, Any]) -> None:
        self.bytes += int(event.get("encodedDataLength", 0))
        self.requests += 1

    @property
    def note(self) -> str:
        return f"{self.bytes / 1000:.0f} kB in {self.requests} requests"


async def measure(bench: Bench) -> list[Figure]:
    """Every figure as the administrator, who sees most."""
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        raise Unavailable(
            "Measuring in the browser needs Playwright.", code="no_browser", hint="Run make test once; it installs it."
        ) from error
    path = os.environ.get("RELATA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with servers.product(bench.home, bench.url) as port:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=_OPTIONS)
            try:
                return await _all(browser, f"http://127.0.0.1:{port}")
            finally:
                await browser.close()


async def _all(browser: Any, base: str) -> list[Figure]:
    state = await _signed_in(browser, base)
    figures = []
    for name, path, wanted, limit in (
        ("list", "/contacts", "#list tbody .title-link", 1000.0),
        ("board, to its first card", "/opportunities/board", ".board-card .card-title", 500.0),
    ):
        cold, traffic = [], _Traffic()
        for _turn in range(_TIMES):
            context, page, traffic = await _fresh(browser, state)
            await page.add_init_script(f"{_WATCH} benchAwait({wanted!r});")
            await page.goto(base + path, wait_until="commit")
            cold.append(await _painted(page))
            await page.wait_for_timeout(300)
            await context.close()
        figures.append(at_most(f"Browser, cold {name}", percentile(cold, 0.95), "ms", limit, note=traffic.note))
    context, page, traffic = await _fresh(browser, state)
    figures += await _clicks(page, base, traffic)
    figures.append(await _typing(page, base))
    await context.close()
    return figures


async def _painted(page: Any) -> float:
    """Milliseconds until what is awaited was painted."""
    return float(await (await page.wait_for_function(_PAINTED)).json_value())


async def _signed_in(browser: Any, base: str) -> Any:
    """The cookies of the administrator."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{base}/sign-in")
    await page.fill("[name=email]", address_of(1))
    await page.fill("[name=password]", PASSWORD)
    await page.press("[name=password]", "Enter", no_wait_after=True)
    await page.wait_for_selector(".sidebar")
    state = await context.storage_state()
    await context.close()
    return state


async def _fresh(browser: Any, state: Any) -> tuple[Any, Any, _Traffic]:
    context = await browser.new_context(storage_state=state, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    traffic = _Traffic()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    session.on("Network.loadingFinished", traffic.finished)
    return context, page, traffic


async def _clicks(page: Any, base: str, traffic: _Traffic) -> list[Figure]:
    """From one page to the next, as people do all day."""
    await page.add_init_script(_WATCH)
    figures = []
    row = "#list tbody .title-link"
    steps = (
        ("another list", ".sidebar a[href='/contacts']", row, "/accounts"),
        ("a record", "#list .title-link", ".record-title", "/contacts"),
        ("a sorted list", "#list thead a", row, "/contacts"),
        ("the next page", ".pager-steps a >> nth=-1", row, "/contacts"),
    )
    for name, link, wanted, start in steps:
        painted, seen = [], []
        for turn in range(_TIMES + 1):
            await page.goto(base + start)
            await page.wait_for_selector(row)
            await page.wait_for_timeout(_READS_MS)
            await page.evaluate("wanted => window.benchAwait(wanted)", wanted)
            traffic.bytes = traffic.requests = 0
            started = time.perf_counter()
            await page.locator(link).first.click(no_wait_after=True)
            shown = await _painted(page)
            if turn:
                painted.append(shown)
                seen.append((time.perf_counter() - started) * 1000)
        note = f"{traffic.note}; Playwright saw it after {percentile(seen, 0.95):.0f}"
        figures.append(at_most(f"Browser, click to {name}", percentile(painted, 0.95), "ms", 200, note=note))
    return figures


async def _typing(page: Any, base: str) -> Figure:
    """From the key to the letter in the cell; the server is not asked."""
    await page.goto(f"{base}/contacts")
    await page.locator("#list tbody td[data-c='job_title']").first.click()
    await page.keyboard.press("F2")
    await page.wait_for_selector("#list td input")
    seconds = []
    for letter in "engineer":
        typed = await page.evaluate("document.activeElement.value")
        started = time.perf_counter()
        await page.keyboard.press(letter)
        await page.wait_for_function("before => document.activeElement.value !== before", arg=typed)
        seconds.append(time.perf_counter() - started)
    await page.keyboard.press("Escape")
    return at_most("Browser, a letter in a cell", percentile(seconds, 0.95) * 1000, "ms", 50)
