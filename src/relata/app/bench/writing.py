"""Creating and changing over the API, beside the bare insert and update of the same values without history or
events."""

from __future__ import annotations

import json

from relata.app.assembly import MAIN
from relata.app.bench import load, servers
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, times
from relata.app.bench.reading import beside, times_of
from relata.app.bench.statements import Statement
from relata.engine.storage.planner import quoted

_ID = (
    "(lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'"
    " || substr(md5(random()::text), 1, 3) || 'a' || substr(md5(random()::text), 1, 15))::uuid"
)
_TITLES = ("Buyer", "Head of sales", "Engineer", "Director", "Assistant")


async def measure(bench: Bench) -> list[Figure]:
    """API create, API update."""
    space = quoted((await bench.house.door.context(MAIN)).schema)
    key = bench.administrator.key
    contacts = await bench.some_ids("contact", bench.administrator, 2000)
    accounts = await bench.some_ids("account", bench.administrator, 50)
    insert = (
        f"insert into {space}.contact (id, name, name__first, name__last, job_title, account, email, email__all,"
        f" lifecycle_stage,"
        f" owner, team) values ({_ID}, %(name)s, 'Nora', %(name)s, 'Buyer', %(account)s, %(email)s, %(emails)s::jsonb,"
        " 'lead', %(owner)s, null) returning id"
    )
    update = (
        f"update {space}.contact set job_title = %(title)s, version = version + 1, changed_at = now()"
        " where id = %(id)s returning version"
    )
    values = [_values(at, account) for at, account in enumerate(accounts)]
    floors = {
        "create": [Statement(insert, {**row, "owner": bench.administrator.id}, ("id",)) for row in values],
        "update": [
            Statement(update, {"title": _TITLES[at % 5] + str(at), "id": found}, ("version",))
            for at, found in enumerate(contacts)
        ],
    }
    creates = [load.send("POST", "/api/v1/contacts", json.dumps(_body(row)).encode(), key=key) for row in values]

    def change(number: int) -> bytes:
        body = json.dumps({"job_title": f"{_TITLES[number % 5]} {number}"}).encode()
        return load.send("PATCH", f"/api/v1/contacts/{contacts[number % len(contacts)]}", body, key=key)

    figures = []
    with servers.product(bench.home, bench.url) as ours, servers.bare(bench.home, bench.url, floors) as theirs:
        for name, request in (("create", load.over(creates)), ("update", change)):
            empty = load.over([load.send("POST", f"/run/{name}", b"{}", key=key)])
            mine, floor = await beside(bench, (ours, request), (theirs, empty))
            figures.append(
                times(f"API {name}", mine.per_second, floor.per_second, "requests/s", 3, note=times_of(mine))
            )
    return figures


def _values(at: int, account: object) -> dict[str, object]:
    email = f"nora{at}@example.com"
    return {
        "name": f"Nora Bench{at}",
        "account": account,
        "email": email,
        "emails": json.dumps([{"value": email, "label": ""}]),
    }


def _body(row: dict[str, object]) -> dict[str, object]:
    return {
        "name": row["name"],
        "job_title": "Buyer",
        "account": str(row["account"]),
        "email": row["email"],
        "lifecycle_stage": "lead",
    }
