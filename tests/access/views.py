"""What each interface shows of an object's living records to one person: a set of ids under the interface's name."""

from __future__ import annotations

import re
from uuid import UUID

import httpx
from tests.access.company import Company, Fact

from relata.engine.formula import parse
from relata.engine.query.request import Aggregate, Group, Query, parse_order
from relata.engine.search.find import search
from relata.engine.transfer.exporting import export_csv
from relata.engine.ui.listing import ListState, listing, total
from relata.engine.workspace import links
from relata.engine.workspace.explain import explain_access
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, NotFound

Shown = dict[str, set[UUID]]


async def door(work: Workspace, company: Company, name: str) -> Shown:
    """Everything that reads through the door. Nothing at all where the object may not be read."""
    facts = company.of(name)
    ids = [fact.id for fact in facts]
    one = work.registry.get(name)
    shown: Shown = {}
    try:
        shown["query"] = {row[0] for row in (await work.query(Query(name, fields=("id",), limit=500))).rows}
    except Denied:
        shown["query"] = set()
        assert not work.actor.rights.level(one, "read")
    else:
        shown |= await _asked(work, name, ids)
    for fact in facts:
        for way in ("get", "show", "history", "locked"):
            shown.setdefault(way, set()).update([fact.id] if await _opens(work, way, fact) else [])
        if fact.deleted:
            continue
        for way in ("title", "link", "any id"):
            shown.setdefault(way, set()).update([fact.id] if await _reached(work, way, fact) else [])
    return shown


async def _asked(work: Workspace, name: str, ids: list[UUID]) -> Shown:
    one = work.registry.get(name)
    figures = (await work.aggregate(Aggregate(name, group_by=(Group("id"),)))).rows
    title = one.title_field
    keyed = parse(f"id in ({', '.join(repr(str(one)) for one in ids)})".replace("'", '"'))
    found = {
        "groups": {row["id"] for row in figures},
        "find": {record.id for record in await work.find(name)},
        "where": {row[0] for row in (await work.query(Query(name, keyed, fields=("id",)))).rows},
        "many": {record.id for record in await work.get_many(name, ids)},
        "search": {
            hit.id
            for hit in await search(
                work.unit.connection, work.context.ground, work.actor, "zork quux", objects=[name], limit=100
            )
        },
        "match": {
            one for found in (await work.match(name, ("id",), [(one,) for one in ids])).values() for one in found
        },
        "listing": {UUID(row.id) for row in (await listing(work, one, ListState(order=title))).rows},
        "pages": await _paged(work, name, title),
    }
    counts = {await work.count(name), await total(work, one, ListState())}
    assert counts == {len(found["find"])}, "a count and the list behind it differ"
    return found


async def _paged(work: Workspace, name: str, order: str) -> set[UUID]:
    """Two at a time."""
    found: set[UUID] = set()
    after = ""
    while True:
        page = await work.query(Query(name, order=parse_order(order), fields=("id",), limit=2, after=after))
        found |= {row[0] for row in page.rows}
        if not page.next or not page.rows:
            return found
        after = page.next


async def _opens(work: Workspace, way: str, fact: Fact) -> bool:
    try:
        if way == "show":
            await work.show(fact.object, fact.id)
        else:
            record = await work.get(fact.object, fact.id, lock=way == "locked")
            if way == "history":
                return bool(await work.history(record))
    except (NotFound, Denied):
        return False
    return True


async def _reached(work: Workspace, way: str, fact: Fact) -> bool:
    if way == "title":
        return (fact.object, fact.id) in await titles_of(work.unit, {fact.object: [fact.id]})
    if way == "link":
        return (fact.object, fact.id) in await links.load_targets(work.unit, {fact.object: {fact.id}})
    record = (
        await work.get_many(fact.object, [fact.id])
        if work.actor.rights.level(work.registry.get(fact.object), "read")
        else []
    )
    return bool(record)


async def export(company: Company, person: UUID, name: str) -> set[UUID]:
    """What leaves the house as a file."""
    try:
        pieces = [
            piece
            async for piece in export_csv(company.house.door, company.house.key, person, Query(name, fields=("id",)))
        ]
    except Denied:
        return set()
    return {UUID(line) for line in "".join(pieces).split()[1:]}


async def explained(work: Workspace, company: Company, person: UUID, name: str) -> tuple[set[UUID], set[UUID]]:
    """Whom the explanation lets see, and change. work: the system's."""
    sees, changes = set[UUID](), set[UUID]()
    for fact in company.of(name):
        if not fact.deleted:
            found = await explain_access(work, person, await work.get(name, fact.id))
            sees |= {fact.id} if found.sees else set()
            changes |= {fact.id} if found.changes else set()
            assert bool(found.reasons) == (found.sees or found.changes), found.sentences
    return sees, changes


async def api(client: httpx.AsyncClient, company: Company, name: str, path: str) -> Shown:
    """The API's addresses."""
    answer = await client.get(f"/api/v1/{path}", params={"limit": 500, "count": "exact"})
    if answer.status_code == 403:
        shown: Shown = {"api list": set()}
    else:
        rows = {UUID(row["id"]) for row in answer.json()["data"]}
        assert answer.json()["total"] == len(rows)
        figures = await client.post(f"/api/v1/{path}/aggregate", json={"group_by": ["id"]})
        shown = {"api list": rows, "api figures": {UUID(row["id"]) for row in figures.json()["data"]}}
    words = await client.get("/api/v1/search", params={"q": "zork quux", "limit": 100})
    shown["api search"] = {UUID(hit["id"]) for hit in words.json()["data"] if hit["object"] == name}
    feed = await client.get("/api/v1/feed", params={"limit": 1000})
    told = {UUID(row["record"]) for row in feed.json()["data"]}
    shown["api feed"] = {fact.id for fact in company.of(name) if fact.id in told and not fact.deleted}
    for fact in company.of(name):
        for tail in ("", "/history", "/provenance", "/files", "/shares", "/access"):
            found = await client.get(f"/api/v1/{path}/{fact.id}{tail}")
            assert found.status_code in (200, 403, 404), found.text
            shown.setdefault(f"api {tail}", set()).update([fact.id] if found.status_code == 200 else [])
    return shown


async def pages(client: httpx.AsyncClient, company: Company, name: str, path: str) -> Shown:
    """The staff application's pages."""
    listed = await client.get(f"/{path}")
    offered = await client.get(f"/choose/{name}", params={"q": "quux"})
    shown: Shown = {"list page": _linked(listed, path), "picker": _ids(offered)}
    for address in ("/search", "/palette"):
        shown[address] = _linked(await client.get(address, params={"q": "zork quux"}), path)
    for fact in company.of(name):
        for tail in ("", "/peek", "/timeline", "/edit"):
            found = await client.get(f"/{path}/{fact.id}{tail}")
            assert found.status_code in (200, 403, 404), found.text
            if fact.deleted and tail != "/edit":
                assert found.status_code != 200, "the bin is open"
            shown.setdefault(f"page {tail}", set()).update([fact.id] if found.status_code == 200 else [])
    return shown


def _linked(answer: httpx.Response, path: str) -> set[UUID]:
    if answer.status_code == 403:
        return set()
    assert answer.status_code == 200, answer.text
    return {UUID(found) for found in re.findall(rf"/{path}/([0-9a-f-]{{36}})", answer.text)}


def _ids(answer: httpx.Response) -> set[UUID]:
    if answer.status_code == 403:
        return set()
    assert answer.status_code == 200, answer.text
    return {
        UUID(found)
        for found in re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", answer.text)
    }
