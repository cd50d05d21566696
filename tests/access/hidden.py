"""Records full of telling values, a role that hides some of them, and every way in which one might still learn them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from relata.engine.formula import parse
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import Definition
from relata.engine.query.request import Aggregate, Group, Measure, Query, parse_order
from relata.engine.search.find import search
from relata.engine.search.index import index_records
from relata.engine.transfer.exporting import export_csv
from relata.engine.ui.timeline import timeline
from relata.engine.workspace import configure
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.rest.metadata import describe
from relata.testing.house import House

#: By object and field: the value, and the text by which it would be recognised anywhere.
VALUES: dict[str, dict[str, tuple[Any, str]]] = {
    "account": {
        "name": ("Quixbank", "quixbank"),
        "legal_name": ("Veltromark", "veltromark"),
        "description": ("Plundersome", "plundersome"),
        "email": ([{"value": "wobble@example.com"}], "wobble"),
        "employees": (738291, "738291"),
        "tags": (["snorkelfish"], "snorkelfish"),
        "industry": ("telecommunications", "telecommunications"),
    },
    "opportunity": {
        "name": ("Grunblatt", "grunblatt"),
        "amount": ({"amount": "918273", "currency": "EUR"}, "918273"),
        "next_step": ("Flimmerkiste", "flimmerkiste"),
        "description": ("Zitteraal", "zitteraal"),
    },
}
#: What is computed from a field: its name, and the object that has it.
COMPUTED = {
    ("opportunity", "amount"): [("opportunity", "expected")],
    ("account", "employees"): [("account", "subsidiary_employees")],
}
LEVELS = ("none", "masked", "read", "write")
UNKNOWN = "zyzzyva"


@dataclass
class Case:
    """One person under field rules, and the records to look at."""

    house: House
    levels: dict[str, dict[str, str]]
    person: UUID = field(default_factory=lambda: UUID(int=0))
    ids: dict[str, UUID] = field(default_factory=dict)

    async def furnish(self) -> None:
        """The records, the role, the person."""
        async with self.house.system() as work:
            await self._records(work)
            grants = {name: Grant("all", "all", "all", "all", fields=levels) for name, levels in self.levels.items()}
            role = Role("curious", grants=grants, permissions=("export_records",))
            definition = Definition("role", "curious", configure.body_of(role))
            await configure.store(work.unit.connection, work.context.schema, definition, None)
        self.house.door.forget(self.house.key)
        self.person = await self.house.person("Curious", "curious")

    async def _records(self, work: Workspace) -> None:
        parent = await work.create("account", {"name": "Holding"})
        for name, values in VALUES.items():
            links: dict[str, Any] = {"parent": parent.id} if name == "account" else {"account": self.ids["account"]}
            made = await work.create(name, {key: value for key, (value, _) in values.items()} | links)
            self.ids[name] = made.id
            await index_records(work.unit.connection, work.context.tables, work.registry.get(name), [made.id])

    def level(self, object_name: str, name: str) -> str:
        """What the role says about the field."""
        return self.levels[object_name].get(name, "write")

    def secrets(self, object_name: str) -> list[tuple[str, str]]:
        """Fields whose values may not be read, with the text that would give them away."""
        return [
            (name, text)
            for name, (_, text) in VALUES[object_name].items()
            if self.level(object_name, name) in ("none", "masked")
        ]


async def leaks_at_the_door(case: Case) -> list[str]:
    """Everything that a hidden field can still be used for through the door."""
    found: list[str] = []
    async with case.house.as_person(case.person) as work:
        for name in VALUES:
            for hidden, text in case.secrets(name):
                found += [f"{way}: {name}.{hidden}" for way in await _uses(work, case, name, hidden, text)]
    return found


async def _uses(work: Workspace, case: Case, name: str, hidden: str, text: str) -> list[str]:
    record = await work.get(name, case.ids[name])
    masked = case.level(name, hidden) == "masked"
    found = []
    shown = await work.show(name, record.id)
    if hidden in shown and not (masked and shown[hidden] == "•••"):
        found.append("shown")
    if masked and hidden not in shown:
        found.append("masked and absent")
    if any(hidden in entry.before or hidden in entry.after for entry in await work.history(record)):
        found.append("history")
    if hidden in await work.provenance(record):
        found.append("provenance")
    if any(
        change.label == work.registry.get(name).all_fields[hidden].title
        for entry in (await timeline(work, record.object, record)).entries
        for change in entry.changes
    ):
        found.append("timeline")
    if await search(work.unit.connection, work.context.ground, work.actor, text, objects=[name]):
        found.append("search")
    for what, (owner, path) in {
        "own": (name, hidden),
        "computed": (name, ""),
        "over a link": ("opportunity", f"account.{hidden}"),
    }.items():
        paths = [path] if path else [path for other, path in COMPUTED.get((name, hidden), ()) if other == name]
        if what == "over a link" and name != "account":
            continue
        for each in paths:
            found += [f"{what} {way}" for way in await _asked(work, owner, each, masked and what == "own")]
    if name == "opportunity":
        found += await _accepted(
            work, "account", {"exists": Query("account", parse(f"exists(opportunities, empty({hidden}))"))}, hidden
        )
    if await _matches(work, name, hidden, text):
        found.append("import matching")
    described = {one["name"] for one in describe(work.registry, work.actor.rights, record.object)["fields"]}
    gone = {path for other, path in COMPUTED.get((name, hidden), ()) if other == name} | (set() if masked else {hidden})
    return found + [f"metadata {one}" for one in gone & described]


async def _matches(work: Workspace, name: str, hidden: str, text: str) -> bool:
    try:
        await work.match(name, (hidden,), [(text,)])
    except Invalid:
        return False
    return True


async def leaks_in_files(case: Case) -> list[str]:
    """Hidden values in what is exported, all fields or asked for by name."""
    found = []
    for name in VALUES:
        pieces = [one async for one in export_csv(case.house.door, case.house.key, case.person, Query(name))]
        found += [
            f"export of {name}.{hidden}" for hidden, text in case.secrets(name) if text in "".join(pieces).lower()
        ]
        for hidden, _ in case.secrets(name):
            if case.level(name, hidden) == "none":
                asked = export_csv(case.house.door, case.house.key, case.person, Query(name, fields=("id", hidden)))
                try:
                    found += [f"export by name of {name}.{hidden}" async for _ in asked]
                except Invalid:
                    continue
    return found


async def _asked(work: Workspace, name: str, path: str, may_be_shown: bool) -> list[str]:
    """Each way of asking for a path; the answer must be the one for a name that never was."""
    asked: dict[str, Query | Aggregate] = {
        "where": Query(name, parse(f"empty({path})")),
        "not where": Query(name, parse(f"not (empty({path}))")),
        "order": Query(name, order=parse_order(path)),
        "group": Aggregate(name, group_by=(Group(path),)),
        "distinct": Aggregate(name, (Measure("distinct", path),)),
        "largest": Aggregate(name, (Measure("max", path),)),
        "total": Aggregate(name, (Measure("sum", path),)),
    }
    if not may_be_shown:
        asked["fields"] = Query(name, fields=("id", path))
    return await _accepted(work, name, asked, path)


async def _accepted(work: Workspace, name: str, asked: dict[str, Query | Aggregate], path: str) -> list[str]:
    found = []
    last = path.rpartition(".")[2]
    for way, request in asked.items():
        try:
            await (work.query(request) if isinstance(request, Query) else work.aggregate(request))
            found.append(way)
        except Invalid as error:
            told = f"{error.message} {error.hint} {[(one.message, one.hint) for one in error.problems]}"
            meant = " ".join(re.findall(r"Did you mean ([^?]*)[?]", told))
            if re.search(rf"\b{last}\b", meant):
                found.append(f"{way} hints")
            if error.problems and error.problems[0].code not in ("unknown_field", "expression", "unknown_name"):
                found.append(f"{way} says {error.problems[0].code}")
    return found


async def leaks_on_pages(case: Case, client: httpx.AsyncClient) -> list[str]:
    """Where the text of a hidden value stands in an answer of the API or in a page."""
    found = []
    for name, path in (("account", "accounts"), ("opportunity", "opportunities")):
        here = f"{path}/{case.ids[name]}"
        addresses = [
            f"/api/v1/{path}",
            f"/api/v1/{here}",
            f"/api/v1/{here}/history",
            f"/api/v1/{here}/provenance",
            "/api/v1/feed?limit=1000",
            "/api/v1/openapi.json",
            "/api/v1/metadata",
            f"/api/v1/{here}/access",
            f"/{path}",
            f"/{here}",
            f"/{here}/peek",
            f"/{here}/edit",
            f"/{here}/timeline",
            f"/{here}/history",
            f"/{here}/card",
            f"/{here}/duplicates",
            f"/{here}/merge",
            *(f"/{here}?tab={tab}" for tab in ("related", "details", "history")),
            f"/choose/{name}",
            f"/{path}/filter",
            "/",
            f"/{path}/board",
            f"/accounts/{case.ids['account']}",
            f"/opportunities/{case.ids['opportunity']}",
        ]
        for address in addresses:
            answer = await client.get(address)
            if answer.status_code >= 500 or (answer.status_code != 200 and "board" not in address):
                found.append(f"{address} answers {answer.status_code}")
            plain = answer.text.lower().replace(",", "").replace(".", "").replace(" ", "")
            for hidden, text in case.secrets(name):
                options_are_public = hidden == "industry" and any(
                    one in address for one in ("openapi", "metadata", "edit")
                )
                if text in plain and not options_are_public:
                    found.append(f"{address} shows {name}.{hidden}")
        for hidden, _ in case.secrets(name):
            answer = await client.get(f"/{here}/fields/{hidden}", params={"edit": "1"})
            if answer.status_code == 200 and case.level(name, hidden) == "none":
                found.append(f"inline edit of {name}.{hidden}")
            sent = await client.patch(f"/api/v1/{here}", json={hidden: VALUES[name][hidden][0]})
            if sent.status_code != 422:
                found.append(f"write of {name}.{hidden} answers {sent.status_code}")
    return found
