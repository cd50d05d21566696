"""A change becomes one job for each reaction to it, exactly once."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from relata.engine.history.dispatch import Dispatcher
from relata.engine.history.reactions import REACT, reacting
from relata.engine.jobs.queue import Job, Queue
from relata.engine.metadata.module import Module, Reaction
from relata.engine.metadata.registry import Registry, build
from relata.engine.storage.database import Connection, Database
from relata.foundation.ids import new_id


async def react(work: Any, event: Any) -> None:
    """Never run here."""


REGISTRY = build(
    [
        Module(
            "sales",
            "Sales",
            "Selling.",
            reactions=(
                Reaction("deal.created", "greet", react),
                Reaction("DealWon", "celebrate", react),
                Reaction("DealWon", "invoice", react),
            ),
        )
    ]
)


async def test_each_reaction_gets_its_job(database: Database, schema: str) -> None:
    queue = Queue(database.url)

    @queue.task(REACT)
    async def run(job: Job) -> None:
        """Never run here."""

    async def registry_of(connection: Connection, name: str) -> Registry:
        return REGISTRY

    async def schemas() -> list[str]:
        return [schema]

    async with database.transaction() as connection:
        for action, after in (("created", {}), ("changed", {}), ("announced", {"event": "DealWon"})):
            await connection.execute(
                f"insert into {schema}._change (object, record, action, via, after) values ('deal', %s, %s, 'api', %s)",
                (new_id(), action, Jsonb(after)),
            )
    dispatcher = Dispatcher(database, schemas, {"reactions": reacting(queue, registry_of)})
    assert [await dispatcher.dispatch(schema) for _ in range(2)] == [3, 0]
    async with database.read() as connection:
        rows = await connection.fetch("select args from public.procrastinate_jobs order by id")
    assert [(row[0]["feed"], row[0]["reaction"]) for row in rows] == [(1, "greet"), (3, "celebrate"), (3, "invoice")]
    assert {row[0]["schema"] for row in rows} == {schema}
