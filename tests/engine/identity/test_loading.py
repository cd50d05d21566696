"""What an actor is made of."""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity.loading import load_actor_facts
from relata.engine.storage.database import Connection
from relata.foundation.ids import new_id
from relata.testing.identity import SCHEMA, Ground, Person


async def team(connection: Connection, name: str, parent: UUID | None = None, manager: UUID | None = None) -> UUID:
    """A new team."""
    one = new_id()
    await connection.execute(
        f"insert into {SCHEMA}.team (id, name, parent, manager) values (%s, %s, %s, %s)", (one, name, parent, manager)
    )
    return one


async def put_into(connection: Connection, person: Person, main: UUID) -> None:
    """Make it the person's main team."""
    await connection.execute(f'update {SCHEMA}."user" set team = %s where id = %s', (main, person.user))


async def test_teams_below_are_found_however_deep(ground: Ground, person: Person) -> None:
    async with ground.database.transaction() as connection:
        top = await team(connection, "Sales")
        main = await team(connection, "Sales East", top)
        child = await team(connection, "Boston", main)
        grandchild = await team(connection, "Boston South", child)
        led = await team(connection, "Events", None, person.user)
        under_led = await team(connection, "Fairs", led)
        await put_into(connection, person, main)
        facts = await load_actor_facts(connection, SCHEMA, person.user)
    assert facts is not None
    assert (facts.name, facts.role_names, facts.status) == ("Anna Brandt", ("member",), "active")
    assert facts.main_team == main
    assert facts.teams == (main, led)
    assert set(facts.below) == {main, child, grandchild, led, under_led}


async def test_a_circle_of_teams_does_not_run_for_ever(ground: Ground, person: Person) -> None:
    async with ground.database.transaction() as connection:
        one = await team(connection, "One")
        two = await team(connection, "Two", one)
        await connection.execute(f"update {SCHEMA}.team set parent = %s where id = %s", (two, one))
        await put_into(connection, person, one)
        facts = await load_actor_facts(connection, SCHEMA, person.user)
    assert facts is not None
    assert set(facts.below) == {one, two}


async def test_deleted_teams_and_people_do_not_count(ground: Ground, person: Person) -> None:
    async with ground.database.transaction() as connection:
        gone = await team(connection, "Gone")
        await put_into(connection, person, gone)
        await connection.execute(f"update {SCHEMA}.team set deleted_at = now() where id = %s", (gone,))
        facts = await load_actor_facts(connection, SCHEMA, person.user)
        assert facts is not None
        assert (facts.main_team, facts.teams, facts.below) == (None, (), ())
        await connection.execute(f'update {SCHEMA}."user" set deleted_at = now() where id = %s', (person.user,))
        assert await load_actor_facts(connection, SCHEMA, person.user) is None
