"""The synthetic company's people: 200 in 30 teams, three roles, and three of them with keys and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.app.assembly import House
from relata.engine.identity import accounts, keys, memberships, sessions
from relata.engine.identity.sessions import Visitor
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace

PEOPLE, REGIONS, TEAMS = 200, 5, 24
PASSWORD = "only a benchmark signs in with this"
_OWN = {"read": "team", "create": "own", "change": "own", "delete": "own"}
_BELOW = {"read": "below", "create": "below", "change": "below", "delete": "below"}
_LOOK = {"read": "all"}
_ROLES = {
    "bench_rep": {"label": "Representative", "grants": {"*": _OWN, "user": _LOOK, "team": _LOOK}},
    "bench_manager": {"label": "Sales manager", "grants": {"*": _BELOW, "user": _LOOK, "team": _LOOK}},
}

#: What is open beyond one's own team: one in fifty accounts, with their contacts, to the first region, and one in fifty
#: deals to the second.
_SHARED = {
    "bench_large_accounts": ("account", "employees >= 4900", "Region 1"),
    "bench_large_deals": ("opportunity", "amount > 245000", "Region 2"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who is measured. key: an API key's text. session: a cookie's token."""

    role: str
    id: UUID
    key: str
    session: str


def address_of(number: int) -> str:
    """The e-mail address of the nth person, counted from 1."""
    return f"person{number}@bench.example.com"


async def hire(house: House, workspace: str) -> None:
    """Roles, teams and people, in two chunks of the product's own writing."""
    administration = Administration(house.door, workspace, None, "bench")
    for name, role in _ROLES.items():
        await administration.put("role", name, role)

    async def teams(work: Workspace) -> None:
        root = await work.create("team", {"name": "Everybody"})
        regions = [await work.create("team", {"name": f"Region {at + 1}", "parent": root.id}) for at in range(REGIONS)]
        for at in range(TEAMS):
            await work.create("team", {"name": f"Team {at + 1}", "parent": regions[at % REGIONS].id})

    async def people(work: Workspace) -> None:
        known = await work.find("team", order="created_at")
        leaders, leaves = known[: REGIONS + 1], known[REGIONS + 1 :]
        rows = [_row(at, [team.id for team in leaders], [team.id for team in leaves]) for at in range(PEOPLE)]
        made = await work.create_many("user", rows)
        for team, outcome in zip(leaders, made, strict=False):
            await work.change(team, {"manager": outcome.id})
        for who in (*(outcome.id for outcome in made), *(team.id for team in known)):
            await work.unit.principal(who)

    for step in (teams, people):
        await house.door.run(workspace, None, step, via="bench")


async def share(house: House, workspace: str) -> None:
    """The sharing rules, over all records that there are."""
    async with house.door.open(workspace, None, read_only=True) as work:
        teams = {team["name"]: team.id for team in await work.find("team")}
    administration = Administration(house.door, workspace, None, "bench")
    for name, (one, where, team) in _SHARED.items():
        rule = {"object": one, "where": where, "principal": str(teams[team])}
        await administration.put("sharing_rule", name, rule)


def _row(at: int, leaders: list[UUID], leaves: list[UUID]) -> dict[str, object]:
    role = "admin" if at == 0 else "bench_manager" if at < len(leaders) else "bench_rep"
    team = leaders[at] if at < len(leaders) else leaves[at % len(leaves)]
    name = f"Person {at + 1:03d}"
    return {
        "name": name,
        "email": address_of(at + 1),
        "roles": [role],
        "status": "active",
        "team": team,
    }


async def sign_in(house: House, workspace: str) -> list[Person]:
    """An administrator, a manager of a fifth of everything, a representative, each with a fresh key and session."""
    found = []
    async with house.door.open(workspace, None, via="bench") as work:
        connection, space = work.unit.connection, work.context.id
        for role, number in (("administrator", 1), ("manager", 2), ("rep", 50)):
            address = address_of(number)
            person = await work.first("user", email=address)
            assert person is not None
            known = await accounts.by_email(connection, address)
            account = known.id if known else await accounts.create(connection, address, PASSWORD)
            if not known:
                await memberships.join(connection, account, space, person.id)
            _, key = await keys.create(connection, space, person.id, "Benchmark")
            _, token = await sessions.start(connection, account, space, Visitor())
            found.append(Person(role, person.id, key, token))
    return found
