"""Lists and single records over the API, beside a bare handler that runs the same SQL."""

from __future__ import annotations

from statistics import median
from urllib.parse import quote
from uuid import UUID

from relata.app.bench import load, servers
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile, share_of, times
from relata.app.bench.load import Load, Request
from relata.app.bench.people import Person
from relata.app.bench.statements import Statement, heard
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.rest.listing import Asked, read_asked

ROUNDS = 3
_STAGES = ("subscriber", "lead", "prospect", "customer", "advocate", "former")
_CONTACT = (
    "name,job_title,department,account,email,phone,language,lifecycle_stage,birthd"
    "ay,preferred_channel,do_not_call,tags,owner,changed_at,version"
)
_DEAL = (
    "name,account,contact,stage,status,amount,probability,forecast_category,cl"
    "ose_date,opened_on,source,type,tags,owner,version"
)


def _query(where: str, order: str, fields: str) -> str:
    return f"where={quote(where)}&order={order}&limit=50&fields=id,{fields}"


#: Path of the object, its name, and the queries that the clients send in turn.
LISTS = (
    ("contacts", "contact", [_query(f'lifecycle_stage = "{stage}"', "name", _CONTACT) for stage in _STAGES]),
    (
        "opportunities",
        "opportunity",
        [_query(f'status = "open" and amount > {1000 + at * 977}', "-amount", _DEAL) for at in range(20)],
    ),
)


async def measure(bench: Bench) -> list[Figure]:
    """API list by role, API get."""
    cases: dict[str, tuple[list[bytes], list[Statement]]] = {}
    for person in bench.people:
        for path, name, queries in LISTS:
            requests = [load.get(f"/api/v1/{path}?{query}", key=person.key) for query in queries]
            cases[f"list-{path}-{person.role}"] = requests, await _lists(bench, person, name, queries)
    ids = await bench.some_ids("contact", bench.administrator)
    gets = [load.get(f"/api/v1/contacts/{found}", key=bench.administrator.key) for found in ids]
    cases["get"] = gets, await _gets(bench, ids)
    figures = []
    statements = {name: found for name, (_, found) in cases.items()}
    with servers.product(bench.home, bench.url) as ours, servers.bare(bench.home, bench.url, statements) as theirs:
        for name, (requests, _) in cases.items():
            mine, floor = await beside(
                bench, (ours, load.over(requests)), (theirs, load.over([load.get(f"/run/{name}")]))
            )
            figures.extend(_get(mine, floor) if name == "get" else _list(name, mine, floor))
    return figures


async def _lists(bench: Bench, person: Person, name: str, queries: list[str]) -> list[Statement]:
    found = []
    for query in queries:
        asked = read_asked(name, query.encode())

        async def attempt(work: Workspace, asked: Asked = asked) -> None:
            await work.query(asked.query)

        asked_for = await heard(bench.house, person.id, attempt)
        found.append(next(one for one in asked_for if "page_limit" in (one.params or {})))
    return found


async def _gets(bench: Bench, ids: list[UUID]) -> list[Statement]:
    found = []
    for record_id in ids:

        async def attempt(work: Workspace, record_id: UUID = record_id) -> None:
            await work.show("contact", record_id)

        found.extend(await heard(bench.house, bench.administrator.id, attempt))
    return found


async def beside(
    bench: Bench, ours: tuple[int, Request], theirs: tuple[int, Request], *, clients: int = 8
) -> tuple[Load, Load]:
    """The middle one of several rounds of each, in turns, so that both meet the same machine."""
    seconds = bench.options.round_seconds
    mine, floor = [], []
    for port, request in (ours, theirs):
        await load.run(port, request, clients=clients, seconds=seconds / 3)
    for _ in range(ROUNDS):
        mine.append(await load.run(*ours, clients=clients, seconds=seconds))
        floor.append(await load.run(*theirs, clients=clients, seconds=seconds))
    return _middle(mine), _middle(floor)


def _middle(loads: list[Load]) -> Load:
    wanted = median(one.per_second for one in loads)
    return next(one for one in loads if one.per_second == wanted)


def times_of(one: Load) -> str:
    """p50 and p95 in words."""
    return f"p50 {percentile(one.seconds, 0.5) * 1000:.1f} ms, p95 {percentile(one.seconds, 0.95) * 1000:.1f} ms"


def _list(name: str, mine: Load, floor: Load) -> list[Figure]:
    _, path, role = name.split("-")
    note = f"{times_of(mine)}; floor {times_of(floor)}"
    return [share_of(f"API list of 50 {path}, {role}", mine.per_second, floor.per_second, "requests/s", 0.5, note=note)]


def _get(mine: Load, floor: Load) -> list[Figure]:
    return [times("API get", mine.per_second, floor.per_second, "requests/s", 2.5, note=times_of(mine))]


def slowest(name: str, seconds: list[float], limit: float, *, note: str = "") -> Figure:
    """p95 in milliseconds."""
    return at_most(name, percentile(seconds, 0.95) * 1000, "ms", limit, note=note)
