"""Search finds what was typed in any spelling, best first, and never more than the person may see."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from psycopg.types.json import Jsonb

from relata.engine.access.actor import Actor
from relata.engine.access.rights import Rights
from relata.engine.history.dispatch import Dispatcher
from relata.engine.identity.objects import MODULE as PEOPLE
from relata.engine.metadata.fields import Emails, LongText, ParseContext, PersonName, Phones, Text
from relata.engine.metadata.module import Grant, Module, Role
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import build
from relata.engine.query import reach
from relata.engine.query.ground import Ground, StatementCache
from relata.engine.search.find import search
from relata.engine.search.hits import Hit
from relata.engine.search.index import index_records, keeping_up, reindex
from relata.engine.search.recent import Opened, recent
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import synchronise
from relata.engine.storage.tables import Tables, specs
from relata.foundation.ids import new_id

ACCOUNT = Object(
    "account",
    fields=(
        Text("name"),
        Emails("email"),
        Phones("phone"),
        LongText("notes", searchable=True),
        Text("token", searchable=True, sensitivity="secret"),
        Text("city"),
    ),
)
CONTACT = Object("contact", fields=(PersonName("name"), Emails("email"), Text("nickname", searchable=True)))
REGISTRY = build([PEOPLE, Module("parties", "Parties", "Customers.", objects=(ACCOUNT, CONTACT))])
NAUGHTY = [
    "%",
    "_",
    "\\",
    "'",
    "''",
    '"',
    "%s",
    "%(x)s",
    "a\x00b",
    "\ud800",
    "a\ud800b@c",
    "؀",
    "🎉🎉🎉",
    "(",
    "[",
    "{}",
    "a" * 5000,
    "NULL",
    ";--",
]


@dataclass
class Company:
    """A workspace with tables; what it is given is stored and indexed."""

    database: Database
    tables: Tables

    async def add(self, one: Object, *, indexed: bool = True, **raw: Any) -> UUID:
        """owner, team and readers are taken as they are, other values as a form would send them."""
        record, context = new_id(), ParseContext()
        columns: dict[str, Any] = {"id": record}
        for name, value in raw.items():
            if name in ("owner", "team", "readers"):
                columns[name] = value
                continue
            field = one.all_fields[name]
            cells = field.to_columns(field.parse(value, context))
            for part, cell in zip(field.columns(), cells, strict=True):
                columns[part.name(name)] = Jsonb(cell) if isinstance(cell, list) else cell
        places = ", ".join(["%s"] * len(columns))
        async with self.database.transaction() as connection:
            await connection.execute(
                f"insert into {self.tables.schema}.{one.name} ({', '.join(columns)}) values ({places})",
                tuple(columns.values()),
            )
            if indexed:
                await index_records(connection, self.tables, one, [record])
        return record

    async def change(self, one: Object, record: UUID, setting: str) -> None:
        """What a write leaves before the index follows."""
        async with self.database.transaction() as connection:
            await connection.execute(
                f"update {self.tables.schema}.{one.name} set {setting}, version = version + 1 where id = %s", (record,)
            )

    async def find(self, text: str, actor: Actor | None = None, **options: Any) -> list[Hit]:
        async with self.database.read() as connection:
            ground = Ground(REGISTRY, self.tables, StatementCache())
            return await search(connection, ground, actor or EVERYTHING, text, **options)

    async def ids(self, text: str, actor: Actor | None = None, **options: Any) -> list[UUID]:
        return [hit.id for hit in await self.find(text, actor, **options)]


def actor_with(
    grants: dict[str, Grant], *, user: UUID | None = None, teams: tuple[UUID, ...] = (), codes: tuple[int, ...] = ()
) -> Actor:
    rights = Rights(REGISTRY, [Role("test", grants=grants)])
    return Actor(user or new_id(), "Anna", rights, "api", teams=teams, below=teams, codes=codes)


EVERYTHING = actor_with({"*": Grant("all")})


@pytest_asyncio.fixture
async def company(database: Database, schema: str) -> Company:
    await synchronise(database, schema, specs(REGISTRY))
    return Company(database, Tables(REGISTRY, schema))


@pytest.mark.parametrize(
    "text", ["Müller", "muller", "MÜLL", "mü", "lüden", "lüdenscheidt müller", "gmbh mul", "Müller-Lüd", "m"]
)
async def test_a_name_is_found_by_words_beginnings_and_parts(company: Company, text: str) -> None:
    record = await company.add(ACCOUNT, name="Müller-Lüdenscheidt GmbH")
    await company.add(ACCOUNT, name="Somebody else")
    assert await company.ids(text) == [record]


@pytest.mark.parametrize("text", ["xyz", "üd", "muller acme", "", "   ", "-"])
async def test_what_is_not_there_is_not_found(company: Company, text: str) -> None:
    await company.add(ACCOUNT, name="Müller-Lüdenscheidt GmbH")
    assert await company.ids(text) == []


@pytest.mark.parametrize(
    "text", ["+49 30 901820", "030 901820", "030/9018-20", "(030) 90 18 20", "0049 30 901820", "901820", "4930"]
)
async def test_a_phone_is_found_in_any_format(company: Company, text: str) -> None:
    record = await company.add(ACCOUNT, name="Acme", phone=["+1 212 5550100", "+49 30 901820"])
    await company.add(ACCOUNT, name="Other", phone="+49 40 123456")
    assert await company.ids(text) == [record]


@pytest.mark.parametrize(
    "text", ["anna@example.com", "ANNA@EXAMPLE.COM", "anna@", "@example.com anna", "example.com", "anna example"]
)
async def test_an_address_is_found_whole_and_in_parts(company: Company, text: str) -> None:
    record = await company.add(CONTACT, name="A Schmidt", email=["office@acme.com", "anna@example.com"])
    await company.add(CONTACT, name="Berta", email="berta@acme.com")
    assert await company.ids(text) == [record]


async def test_words_may_stand_in_different_fields(company: Company) -> None:
    record = await company.add(ACCOUNT, name="Acme", notes="Met at the fair in Hanover.")
    await company.add(ACCOUNT, name="Acme", notes="Nothing.")
    (hit,) = await company.find("acme hanover")
    assert (hit.id, hit.title, hit.field, hit.text) == (record, "Acme", "notes", "Met at the fair in Hanover.")


async def test_titles_come_first_beginnings_before_words_before_parts(company: Company) -> None:
    other = await company.add(ACCOUNT, name="Zebra", notes="alpine")
    inside = await company.add(ACCOUNT, name="Transalpine")
    word = await company.add(ACCOUNT, name="The Alpine Club")
    begins = await company.add(CONTACT, name="Alpina Berg")
    assert await company.ids("alpin") == [begins, word, inside, other]


async def test_among_equals_the_latest_changed_comes_first(company: Company) -> None:
    old = await company.add(ACCOUNT, name="Acme one")
    new = await company.add(ACCOUNT, name="Acme two")
    await company.change(ACCOUNT, old, "changed_at = now() + interval '1 minute'")
    assert await company.ids("acme") == [old, new]
    assert await company.ids("acme", limit=1) == [old]


async def test_objects_can_be_chosen(company: Company) -> None:
    account = await company.add(ACCOUNT, name="Berlin")
    contact = await company.add(CONTACT, name="Anna Berlin")
    assert set(await company.ids("berlin")) == {account, contact}
    assert await company.ids("berlin", objects=["contact"]) == [contact]
    assert await company.ids("berlin", objects=["nothing"]) == []


async def test_a_secret_is_never_indexed_and_other_fields_only_when_declared(company: Company) -> None:
    await company.add(ACCOUNT, name="Acme", token="opensesame", city="Springfield")
    assert await company.ids("opensesame") == []
    assert await company.ids("springfield") == []


HIDES_NOTES = actor_with({"account": Grant("all", fields={"notes": "none"})})
MASKS_EMAIL = actor_with({"account": Grant("all", fields={"email": "masked"})})
HIDES_NAME = actor_with({"account": Grant("all", fields={"name": "none"})})


async def test_a_hidden_field_can_not_be_searched(company: Company) -> None:
    record = await company.add(ACCOUNT, name="Acme", notes="Insolvent soon", email="boss@acme.com")
    assert await company.ids("insolvent") == [record]
    assert await company.ids("insolvent", HIDES_NOTES) == []
    assert await company.ids("acme insolvent", HIDES_NOTES) == []
    assert await company.ids("in", HIDES_NOTES) == []
    assert await company.ids("boss@acme.com", MASKS_EMAIL) == []
    assert await company.ids("acme", HIDES_NAME) == [record]  # by its address
    assert (
        await company.ids("acm", actor_with({"account": Grant("all", fields=dict.fromkeys(("name", "email"), "none"))}))
        == []
    )


async def test_a_hit_shows_readable_fields_only(company: Company) -> None:
    await company.add(ACCOUNT, name="Acme", notes="Insolvent soon", email="boss@acme.com")
    (hit,) = await company.find("acme", HIDES_NAME)
    assert (hit.title, hit.field, hit.text) == (None, "email", "boss@acme.com")
    (hit,) = await company.find(
        "acme", actor_with({"account": Grant("all", fields={"email": "none", "notes": "none"})})
    )
    assert (hit.title, hit.field, hit.text) == ("Acme", "", "")


async def test_an_object_without_read_is_not_searched(company: Company) -> None:
    await company.add(ACCOUNT, name="Berlin")
    contact = await company.add(CONTACT, name="Berlin")
    assert await company.ids("berlin", actor_with({"contact": Grant("all")})) == [contact]
    assert await company.ids("berlin", actor_with({})) == []


async def test_deleted_records_are_not_found_even_before_the_index_follows(company: Company) -> None:
    record = await company.add(ACCOUNT, name="Acme")
    await company.change(ACCOUNT, record, "deleted_at = now()")
    assert await company.ids("acme") == []
    async with company.database.transaction() as connection:
        assert await index_records(connection, company.tables, ACCOUNT, [record]) == 0
    await company.change(ACCOUNT, record, "deleted_at = null")
    assert await company.ids("acme") == []
    async with company.database.transaction() as connection:
        assert await index_records(connection, company.tables, ACCOUNT, [record]) == 1
    assert await company.ids("acme") == [record]


async def test_access_that_was_taken_away_counts_at_once(company: Company) -> None:
    anna = actor_with({"account": Grant("own")})
    record = await company.add(ACCOUNT, name="Acme", owner=anna.user)
    assert await company.ids("acme", anna) == [record]
    await company.change(ACCOUNT, record, "owner = null")
    assert await company.ids("acme", anna) == []


async def test_what_one_may_not_see_takes_no_place(company: Company) -> None:
    anna = actor_with({"account": Grant("own")})
    mine = await company.add(ACCOUNT, name="Transalpine", owner=anna.user)
    for number in range(8):
        await company.add(ACCOUNT, name=f"Alpine {number}")
    assert await company.ids("alpine", anna, limit=3) == [mine]


@pytest.mark.parametrize("few", [reach.FEW, -1])
async def test_random_roles_find_exactly_what_they_may_see(
    company: Company, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether one begins with their records or with the words."""
    monkeypatch.setattr(reach, "FEW", few)
    chance = random.Random(11)
    people, teams = [new_id() for _ in range(4)], [new_id() for _ in range(3)]
    words = ["alpha", "beta", "gamma", "delta"]
    stored: list[tuple[UUID, UUID, UUID, int, dict[str, list[str]]]] = []
    for _ in range(60):
        texts = {name: chance.sample(words, 2) for name in ("name", "notes")}
        owner, team, code = chance.choice(people), chance.choice(teams), chance.randint(1, 6)
        raw: dict[str, Any] = {name: " ".join(found) for name, found in texts.items()}
        record = await company.add(ACCOUNT, owner=owner, team=team, readers=[code], **raw)
        stored.append((record, owner, team, code, texts))
    for _ in range(40):
        level = chance.choice(["none", "own", "team", "below", "all"])
        hidden = {name: chance.choice(["none", "masked", "read", "write"]) for name in ("name", "notes")}
        user, mine, codes = chance.choice(people), (chance.choice(teams),), (chance.randint(1, 6),)
        actor = actor_with({"account": Grant(level, fields=hidden)}, user=user, teams=mine, codes=codes)
        asked = chance.sample(words, chance.randint(1, 2))
        readable = [name for name, field_level in hidden.items() if field_level in ("read", "write")]
        expected = {
            record
            for record, owner, team, code, texts in stored
            if all(any(word in texts[name] for name in readable) for word in asked)
            and level != "none"
            and (level == "all" or owner == user or (level in ("team", "below") and team in mine) or code in codes)
        }
        found = await company.ids(" ".join(word[: chance.randint(1, 5)] for word in asked), actor, limit=100)
        assert set(found) == expected


@pytest.mark.parametrize("text", NAUGHTY)
async def test_no_query_breaks_it(company: Company, text: str) -> None:
    await company.add(ACCOUNT, name="Acme")
    assert await company.ids(text) in ([], await company.ids("acme"))


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash", "50% off_now"])
async def test_signs_of_patterns_are_taken_literally(company: Company, text: str) -> None:
    record = await company.add(ACCOUNT, name=text)
    await company.add(ACCOUNT, name="100 axb backslash 50 offxnow"[:20])
    assert record in await company.ids(text)


async def test_the_dispatcher_keeps_the_index_up_to_date(company: Company) -> None:
    async def tables_of(connection: Connection, schema: str) -> Tables:
        return company.tables

    async def schemas() -> list[str]:
        return [company.tables.schema]

    dispatcher = Dispatcher(company.database, schemas, {"search": keeping_up(tables_of)})
    record = await company.add(ACCOUNT, name="Acme", indexed=False)
    for name, after in (("Acme", {"name": "Acme"}), ("Zebra", {"name": "Zebra"}), ("Yak", {"city": "Rome"})):
        await company.change(ACCOUNT, record, f"name = '{name}'")
        async with company.database.transaction() as connection:
            await connection.execute(
                f"insert into {company.tables.schema}._change (object, record, action, via, after)"
                " values ('account', %s, 'changed', 'api', %s)",
                (record, Jsonb(after)),
            )
        await dispatcher.look()
    assert await company.ids("zebra") == [record]
    assert await company.ids("yak") == []  # a change of nothing that is searched does not cost an entry


async def test_reindexing_repairs_everything(company: Company) -> None:
    kept = [await company.add(ACCOUNT, name=f"Acme {number}", indexed=False) for number in range(7)]
    gone = await company.add(ACCOUNT, name="Acme gone")
    async with company.database.transaction() as connection:
        await connection.execute(f"delete from {company.tables.schema}.account where id = %s", (gone,))
    assert await reindex(company.database, company.tables, ACCOUNT, batch=3) == 7
    assert set(await company.ids("acme")) == set(kept)
    async with company.database.read() as connection:
        rows = await connection.fetch(f"select count(*) from {company.tables.schema}._search where object = 'account'")
    assert rows == [(7,)]


async def test_an_older_state_does_not_replace_a_newer_one(company: Company) -> None:
    record = await company.add(ACCOUNT, name="Acme")
    async with company.database.transaction() as connection:
        await connection.execute(
            f"update {company.tables.schema}._search set version = 9, title = 'newer', texts = '{{}}'"
        )
        await index_records(connection, company.tables, ACCOUNT, [record])
        rows = await connection.fetch(f"select title from {company.tables.schema}._search")
    assert rows == [("newer",)]


async def test_recent_records_come_latest_first_and_obey_access(company: Company) -> None:
    anna = actor_with({"account": Grant("own")})
    assert anna.user
    mine = [await company.add(ACCOUNT, name=f"Acme {number}", owner=anna.user) for number in range(3)]
    other = await company.add(ACCOUNT, name="Other")
    opened = Opened()
    for record in (*mine, other, mine[0]):
        opened.note(company.tables.schema, anna.user, "account", record)
    async with company.database.transaction() as connection:
        waiting = await recent(connection, company.tables, anna, opened=opened)
        assert [hit.id for hit in waiting] == [mine[0], mine[2], mine[1]]
    assert await opened.write(company.database) == 4
    async with company.database.transaction() as connection:
        assert [hit.id for hit in await recent(connection, company.tables, anna)] == [mine[0], mine[2], mine[1]]
        assert [hit.title for hit in await recent(connection, company.tables, anna, limit=1)] == ["Acme 0"]


async def test_only_the_last_fifty_are_kept(company: Company) -> None:
    anna = actor_with({"account": Grant("all")})
    assert anna.user
    for _ in range(2):
        opened = Opened()
        for _ in range(40):
            opened.note(company.tables.schema, anna.user, "account", new_id())
        await opened.write(company.database)
    async with company.database.transaction() as connection:
        rows = await connection.fetch(f"select count(*) from {company.tables.schema}._recent")
    assert rows == [(50,)]
