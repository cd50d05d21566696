"""What every measurement stands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from relata.app.assembly import MAIN, House
from relata.app.bench.people import Person
from relata.app.bench.sizes import Options
from relata.engine.storage.planner import quoted


@dataclass(frozen=True)
class Bench:
    """The built company: its house, who is measured, how."""

    house: House
    home: Path
    options: Options
    people: list[Person]

    @property
    def administrator(self) -> Person:
        """Who sees everything."""
        return self.people[0]

    @property
    def url(self) -> str:
        """libpq's address of the database."""
        return self.house.database.url

    async def forget_answers(self) -> None:
        """So that the next report is counted and not remembered."""
        (await self.house.door.context(MAIN)).ground.answers.forget()

    async def some_ids(self, name: str, person: Person, how_many: int = 200) -> list[UUID]:
        """Ids of this person's own records of an object, spread over all; of any for the administrator."""
        context = await self.house.door.context(MAIN)
        table = f"{quoted(context.schema)}.{quoted(name)}"
        own = "true" if person is self.administrator else "owner = %(who)s"
        async with self.house.database.read() as connection:
            rows = await connection.fetch(
                f"select id from {table} where {own} and deleted_at is null order by md5(id::text) limit %(most)s",
                {"who": person.id, "most": how_many},
            )
        return [found for (found,) in rows]
