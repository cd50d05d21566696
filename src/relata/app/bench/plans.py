"""Does anything that the screens offer read a large table from end to end without saying so?

Every list, sort, filter, search, board, record page, timeline, related list, calendar, past day, report and list of the
inbox is asked as each person; what the product runs for it is explained, not run again. A sort or filter by a field
without an index is announced as slow by the screen, so there a scan is allowed; so it is for totals and reports. Tables
that grow and are small here are explained as if they were large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relata.app.assembly import MAIN
from relata.app.bench import offered
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most
from relata.app.bench.people import Person
from relata.app.bench.sorting import is_indexed, questions
from relata.app.bench.statements import Statement, heard
from relata.engine.formula import parse
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import sortable
from relata.engine.search.find import search
from relata.engine.ui import board, record_page
from relata.engine.ui.listing import ListState, listing
from relata.engine.workspace.workspace import Workspace

#: Tables with more rows than this are large.
LARGE = 20_000
#: What a limit ends after this part of a table has not read it.
_SHARE = 0.1
#: These grow without end where people work, even if they are small here.
GROWING = frozenset({"email", "email_thread", "email_filing", "file", "comment", "notification", "_search", "_change"})
_OBJECTS = ("account", "contact", "opportunity", "task", "call", "meeting", "note")


@dataclass(frozen=True, slots=True)
class Scan:
    """A large table that was read whole."""

    what: str
    table: str
    is_announced: bool


async def measure(bench: Bench) -> list[Figure]:
    """How many questions scan a large table that they did not announce; the note names them."""
    context = await bench.house.door.context(MAIN)
    found: list[Scan] = []
    asked = 0
    for person in bench.people:
        for what, attempt, announced in [
            *_screens(context.registry.objects),
            *await _records(bench, person),
            *_sorts(context.registry.objects),
            *offered.calendars(context.registry.objects),
            *offered.inbox(context.registry.objects),
            *offered.past(context.registry.objects),
            *await bench.house.door.run(MAIN, person.id, offered.reports, via="bench", read_only=True),
        ]:
            asked += 1
            for statement in await heard(bench.house, person.id, attempt):
                tables = await _scanned(bench, statement)
                found.extend(Scan(f"{what}, {person.role}", table, announced) for table in tables)
    silent = sorted({f"{scan.what} ({scan.table})" for scan in found if not scan.is_announced})
    note = f"{asked} questions; " + ("; ".join(silent) or "none")
    return [at_most("Scans of large tables that are not announced", len(silent), "", 1, note=note)]


def _screens(objects: Any) -> Iterator[tuple[str, Any, bool]]:
    """Each object's list as it opens, boards, and search."""
    for name in _OBJECTS:
        one = objects[name]

        async def opened(work: Workspace, one: Object = one) -> None:
            await listing(work, one, ListState())

        yield f"list of {name}", opened, False

    async def on_a_board(work: Workspace) -> None:
        await board.board(work, work.registry.get("opportunity"), board.BoardState())

    yield "board", on_a_board, False
    for words in ("ada", "ber", "ebner", "42@example", "+49 30 1234"):

        async def searched(work: Workspace, words: str = words) -> None:
            await search(work.unit.connection, work.context.ground, work.actor, words)

        yield f"search {words}", searched, False


async def _records(bench: Bench, person: Person) -> list[offered.Question]:
    """A record page of each kind that has thousands of neighbours."""
    found: list[offered.Question] = []
    for name in ("account", "contact", "opportunity"):
        for key in await bench.some_ids(name, person, 1):

            async def shown(work: Workspace, name: str = name, key: Any = key) -> None:
                await record_page.record_page(work, work.registry.get(name), key)

            found.append((f"page of {name}", shown, False))
            found += offered.of_record(name, key)
    return found


def _sorts(objects: Any) -> Iterator[tuple[str, Any, bool]]:
    """Every sort and filter of the lists of contacts and deals."""
    for name in ("contact", "opportunity"):
        one: Object = objects[name]
        for field in one.all_fields.values():
            for what, order, where in questions(one, field):

                async def ask(
                    work: Workspace, one: Object = one, field: Any = field, order: str = order, where: str = where
                ) -> None:
                    scope = FieldScope(work.registry, one, work.actor)
                    if work.actor.readable(one, field) and (where or sortable(scope.find((field.name,)))):
                        await work.query(Query(one.name, parse(where) if where else None, parse_order(order)))

                yield f"{name} {what}", ask, not is_indexed(one, field)


async def _scanned(bench: Bench, statement: Statement) -> set[str]:
    """The large tables that this statement's plan reads whole."""
    if not statement.sql.lstrip().lower().startswith(("select", "with")):
        return set()
    async with bench.house.database.transaction() as connection:
        rows = await connection.fetch(f"explain (format json) {statement.sql}", statement.params)
        await connection.execute("set local enable_seqscan = off")
        wary = await connection.fetch(f"explain (format json) {statement.sql}", statement.params)
        sizes = {
            str(name): float(rows) for name, rows in await connection.fetch(
                "select relname, reltuples from pg_class where relkind = 'r' and reltuples > %s", (LARGE,)
            )
        }  # fmt: skip
    small = GROWING - sizes.keys()
    scanned = {table for table in _relations(rows[0][0][0]["Plan"]) if table in sizes}
    return scanned | {table for table in _relations(wary[0][0][0]["Plan"]) if table in small}


def _relations(plan: dict[str, Any]) -> Iterator[str]:
    """Tables below this node that are scanned and not looked up; a scan that a limit ends after a page is none."""
    if plan["Node Type"] == "Seq Scan" or (plan["Node Type"] == "Parallel Seq Scan"):
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        if plan["Node Type"] != "Limit" or plan["Total Cost"] > _SHARE * below["Total Cost"]:
            yield from _relations(below)
