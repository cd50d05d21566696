"""Pages as a browser asks for them when somebody clicks, one at a time: server time at p95 when warm, and beside it the
first of each, that nobody asked for since the server started."""

from __future__ import annotations

import re
from http.client import HTTPConnection

from relata.app.bench import load, servers
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure
from relata.app.bench.people import Person
from relata.app.bench.reading import slowest

_PAGES = 80


async def measure(bench: Bench) -> list[Figure]:
    """Lists, records and boards for each role."""
    figures = []
    with servers.product(bench.home, bench.url) as port:
        for person in bench.people:
            frame = _frame(port, person.session)
            for name, paths, limit in await _pages(bench, person):
                requests = [load.get(path, session=person.session, frame=frame) for path in paths]
                cold = await load.run(port, load.over(requests), clients=1, seconds=5, most=12)
                found = await load.run(port, load.over(requests), clients=1, seconds=10, most=_PAGES)
                size = found.bytes / len(found.seconds) / 1000
                note = f"{size:.0f} kB; the first {cold.seconds[0] * 1000:.0f} ms"
                figures.append(slowest(f"{name}, {person.role}", found.seconds, limit, note=note))
    return figures


def _frame(port: int, session: str) -> str:
    """The mark of the frame that a browser shows once it stands, and sends with every click (decision 63)."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/", headers={"cookie": f"relata_session={session}", "accept": "text/html"})
    found = re.search(rb'data-frame="([^"]+)"', connection.getresponse().read())
    connection.close()
    assert found is not None
    return found[1].decode()


async def _pages(bench: Bench, person: Person) -> list[tuple[str, list[str], float]]:
    records = {name: await bench.some_ids(name, person, 40) for name in ("contact", "account", "opportunity")}
    return [
        ("List page, contacts", ["/contacts", "/contacts?where=lifecycle_stage+%3D+%22customer%22&order=-name"], 30),
        (
            "List page, opportunities",
            ["/opportunities", "/opportunities?where=status+%3D+%22open%22&order=-amount"],
            30,
        ),
        ("Record page, contact", [f"/contacts/{found}" for found in records["contact"]], 40),
        ("Record page, account", [f"/accounts/{found}" for found in records["account"]], 40),
        ("Record page, opportunity", [f"/opportunities/{found}" for found in records["opportunity"]], 40),
        ("Timeline of an account", [f"/accounts/{found}/timeline" for found in records["account"]], 40),
        ("Board of 200 cards", ["/opportunities/board"], 60),
        ("Home page", ["/"], 40),
    ]
