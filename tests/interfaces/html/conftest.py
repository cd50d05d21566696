"""A server of the pattern pages under the strict content policy, and the machine's Chromium to look at them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from jinja2 import Environment
from playwright.sync_api import Browser, Page, expect

from relata.interfaces.html.assets import STATIC, Assets
from relata.interfaces.html.environment import create_environment
from relata.interfaces.html.patterns import PAGES, render_pattern

POLICY = "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}


@pytest.fixture(scope="session")
def environment() -> Environment:
    """The real templates; the front end need not be built for what is only read."""
    made = create_environment()
    made.globals["asset"] = lambda source: ""
    return made


class PatternServer(ThreadingHTTPServer):
    """Keeps what was posted, so that a test can see what a screen sent."""

    posted: list[tuple[str, str, str]]
    moves_fail = False
    environment: Environment


class Handler(BaseHTTPRequestHandler):
    server: PatternServer

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            return self._send(200, TYPES.get(file.suffix, "text/plain"), file.read_bytes())
        name = path.removeprefix("/patterns").strip("/")
        if name not in PAGES:
            return self._send(404, "text/plain", b"")
        return self._send(200, "text/html; charset=utf-8", render_pattern(self.server.environment, name).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.posted.append((self.path, body, self.headers.get("X-CSRF-Token", "")))
        if self.path == "/patterns/refused":
            return self._send(409, "text/html", b"<p>Two deals are still open. Close them first.</p>")
        if self.server.moves_fail:
            return self._send(500, "text/html", b"<p>broken</p>")
        if self.path == "/patterns/saved":
            return self._send(200, "text/html", render_pattern(self.server.environment, "saved").encode())
        return self._send(204, "text/html", b"")

    do_PATCH = do_POST

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


@pytest.fixture(scope="session")
def _server() -> Iterator[PatternServer]:
    if not Assets().built:
        pytest.skip("The front end has not been built.")
    server = PatternServer(("127.0.0.1", 0), Handler)
    server.environment = create_environment(assets=Assets())
    server.posted = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server(_server: PatternServer) -> PatternServer:
    _server.posted.clear()
    _server.moves_fail = False
    return _server


@pytest.fixture
def page(chromium: Browser, server: PatternServer) -> Iterator[Page]:
    """A window whose every script error and breach of the policy fails the test."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{server.server_address[1]}", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.set_default_navigation_timeout(90_000)
    expect.set_options(timeout=20_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda entry: wrong.append(entry.text) if "Content Security Policy" in entry.text else None)
    yield page
    context.close()
    assert wrong == []
