"""Views for other programs, read as their database user: what the workspace shows, and nothing beside it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio
import sqlalchemy as sa
from psycopg import errors as pg
from tests.engine.reporting.deals import furnish

from relata.engine.reporting.sql_access import keeping
from relata.engine.reporting.sql_access.tables import Access
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.object_administration import ObjectAdministration
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.testing.house import House

Sql = psycopg.AsyncConnection[tuple[Any, ...]]
ROLE = "sales_rep"


@dataclass(frozen=True, slots=True)
class Opened:
    """An access of a representative, and an address for its user."""

    house: House
    person: UUID
    access: Access
    url: str

    async def connect(self) -> Sql:
        return await psycopg.AsyncConnection.connect(self.url, autocommit=True)

    async def refresh(self) -> list[UUID]:
        self.house.door.forget(self.house.key)
        return await self.house.door.run(self.house.key, None, keeping.refresh_all)


@pytest_asyncio.fixture
async def opened(open_house: House) -> AsyncIterator[Opened]:
    person = await furnish(open_house, 16)
    async with open_house.system() as work:
        made = await keeping.make_access(work, "Metabase", person)
    assert (made.access.problem, made.access.left_out, made.open_doors) == ("", [], ())
    url = psycopg.conninfo.make_conninfo(
        open_house.door.database.url, user=made.access.database_user, password=made.password
    )
    yield Opened(open_house, person, made.access, url)
    async with open_house.system() as work:
        for one in await keeping.list_accesses(work):
            if one.ended_at is None:
                await keeping.end(work, one.id)


async def rows(connection: Sql, statement: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(statement)).fetchall()


async def test_sqlalchemy_reflects_the_views_and_psql_describes_them(opened: Opened) -> None:
    def reflect() -> tuple[set[str], sa.Table, int]:
        engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(opened.url))
        try:
            names = set(sa.inspect(engine).get_view_names())
            table = sa.Table("opportunities", sa.MetaData(), autoload_with=engine)
            with engine.connect() as connection:
                asked = sa.select(sa.func.count()).where(table.c.close_date > sa.func.date("1900-01-01"))
                return names, table, int(connection.execute(asked).scalar_one())
        finally:
            engine.dispose()

    names, table, dated = await asyncio.to_thread(reflect)
    async with opened.house.as_person(opened.person) as work:
        assert dated == await work.count("opportunity", "not empty(close_date)")
    assert {"opportunities", "accounts", "contacts"} <= names
    kinds = {column.name: column.type.python_type.__name__ for column in table.columns}
    assert (kinds["id"], kinds["amount"], kinds["close_date"]) == ("UUID", "Decimal", "date")
    psql = shutil.which("psql")
    if psql is not None:  # what an analyst types first
        told = await asyncio.create_subprocess_exec(
            psql, opened.url, "-qAt", "-c", r"\dv", "-c", "select count(*) from opportunities",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        lines = (await told.communicate())[0].decode().splitlines()
        async with opened.house.as_person(opened.person) as work:
            assert lines[-1] == str(await work.count("opportunity"))
        assert any("|opportunities|view|" in line for line in lines)


async def test_a_representative_reads_what_the_workspace_shows(opened: Opened) -> None:
    async with opened.house.as_person(opened.person) as work:
        shown = {one.id: one for one in await work.find("opportunity")}
        everything = await work.count("account")
    async with await opened.connect() as sql:
        found = await rows(
            sql, "select id, name, amount, amount_currency, account_id, source, close_date from opportunities"
        )
        assert {row[0] for row in found} == set(shown)
        for key, name, amount, currency, account, source, day in found:
            one = shown[key]
            money = one["amount"]
            assert (name, account, source, day) == (one["name"], one["account"], one["source"], one["close_date"])
            assert (amount, currency) == ((money.amount, money.currency) if money else (None, None))
        assert await rows(sql, "select count(*) from accounts") == [(everything,)]
        known = await rows(sql, "select column_name from information_schema.columns where table_name = 'opportunities'")
        assert {"id", "source_label", "owner_id"} <= {name for (name,) in known}
    async with opened.house.system() as work:
        assert len(shown) < await work.count("opportunity")


CLOSED = (
    'select * from w_main."user"',
    "select * from w_main._sql_access",
    "select * from relata.workspace",
    "select relata.sort_key('a')",
    "select * from pg_authid",
    "select * from public.procrastinate_jobs",
    "create table mine (a int)",
    "create temporary table mine (a int)",
    "create function pg_temp.f() returns int language sql as 'select 1'",
    "delete from opportunities",
    "update opportunities set name = 'x'",
    "select lo_from_bytea(0, 'x')",
    "copy (select 1) to program 'cat'",
    "select pg_read_file('/etc/passwd')",
    "select * from {schema}._open",
    "set role relata",
    "create schema other",
    "alter view opportunities set (security_barrier = false)",
)


async def test_nothing_else_is_open(opened: Opened) -> None:
    async with await opened.connect() as sql:
        await sql.execute("set default_transaction_read_only = off")
        for statement in CLOSED:
            with pytest.raises((pg.InsufficientPrivilege, pg.ObjectNotInPrerequisiteState)):
                await sql.execute(statement.format(schema=opened.access.database_user))


async def test_a_filter_of_ones_own_sees_no_row_of_others(opened: Opened) -> None:
    async with opened.house.as_person(opened.person) as work:
        shown = {one.id for one in await work.find("opportunity")}
    async with opened.house.system() as work:
        hidden = next(one for one in await work.find("opportunity") if one.id not in shown)
        await work.change(hidden, {"name": "Takeover"})
    async with await opened.connect() as sql:
        await sql.execute("set enable_indexscan = off; set enable_bitmapscan = off")
        # It fails on a row whose name begins so, and costs less than the question who may see the row.
        assert await rows(sql, "select count(*) from opportunities where name like 'Take\\'") == [(0,)]


async def test_what_is_taken_away_is_closed_at_once_and_opens_narrower(opened: Opened) -> None:
    async with await opened.connect() as sql:
        await sql.execute("select count(*) from opportunities")
        async with opened.house.system() as work:
            await work.change(await work.get("user", opened.person), {"team": None})
        with pytest.raises(pg.ObjectNotInPrerequisiteState, match="has ended, or is being brought up to date"):
            await sql.execute("select count(*) from opportunities")
    assert await opened.refresh() == [opened.access.id]
    assert await opened.refresh() == []
    async with opened.house.as_person(opened.person) as work:
        expected = await work.count("opportunity")
    async with await opened.connect() as sql:
        assert await rows(sql, "select count(*) from opportunities") == [(expected,)]


async def test_who_leaves_reads_no_longer(opened: Opened) -> None:
    async with opened.house.system() as work:
        await work.change(await work.get("user", opened.person), {"status": "inactive"})
    async with await opened.connect() as sql:
        with pytest.raises(pg.ObjectNotInPrerequisiteState):
            await sql.execute("select count(*) from accounts")
    await opened.refresh()
    async with await opened.connect() as sql:
        with pytest.raises(pg.UndefinedTable):
            await sql.execute("select count(*) from accounts")
    async with opened.house.system() as work:
        (one,) = await keeping.list_accesses(work)
    assert one.problem == "This person does not work here."


async def test_a_field_that_is_hidden_or_gone_is_no_column(opened: Opened) -> None:
    objects = ObjectAdministration(opened.house.door, "main", None)
    administration = Administration(opened.house.door, "main", None)
    await objects.add_field("opportunity", {"name": "hint", "type": "text"})
    await opened.refresh()
    async with await opened.connect() as sql:
        await sql.execute("select hint, amount from opportunities")
    await objects.delete_field("opportunity", "hint")
    async with opened.house.system() as work:
        grants = msgspec.to_builtins(work.registry.roles[ROLE])["grants"]
    grants["opportunity"]["fields"] = {"amount": "none"}
    await administration.put("role", ROLE, {"grants": grants})
    await opened.refresh()
    async with await opened.connect() as sql:
        await sql.execute("select name from opportunities")
        for gone in ("hint", "amount", "amount_currency"):
            with pytest.raises(pg.UndefinedColumn):
                await sql.execute(f"select {gone} from opportunities")


async def test_the_end(opened: Opened) -> None:
    async with opened.house.system() as work:
        again = await keeping.rotate(work, opened.access.id)
        verifier = await work.unit.connection.fetch_one(
            "select rolpassword from pg_authid where rolname = %s", (opened.access.database_user,)
        )
        assert verifier is not None and verifier[0].startswith("SCRAM-SHA-256$") and again.password
        await keeping.end(work, opened.access.id)
    with pytest.raises(psycopg.OperationalError):
        await opened.connect()
    async with opened.house.system() as work:
        with pytest.raises(NotFound):
            await keeping.rotate(work, opened.access.id)


async def test_who_may_make_one(open_house: House) -> None:
    reader = await open_house.person("Rita", "reader")
    async with open_house.as_person(reader) as work:
        with pytest.raises(Denied):
            await keeping.make_access(work, "Mine", reader)
    async with open_house.system() as work:
        await work.change(await work.get("user", reader), {"status": "inactive"})
        with pytest.raises(Invalid, match="does not work here"):
            await keeping.make_access(work, "Theirs", reader)
