"""The demo company for tests: furnished once in a process, which takes as long as a hundred tests, and copied then."""

from __future__ import annotations

from relata.app.assembly import House
from relata.app.demo import MANAGER, furnish, let_in
from relata.app.settings import Settings
from relata.app.tasks import dispatcher, register
from relata.engine.jobs.queue import Queue
from relata.testing.house import RING, Furnished
from relata.testing.postgres import new_folder

#: Of the manager, who can sign in.
PASSWORD = "four unrelated words"


async def demo_template(postgres_url: str, furnished: Furnished) -> str:
    """The name of a database to copy: the company under the keys of RING, its manager let in, all of it searchable."""

    async def make(url: str) -> None:
        with new_folder() as home:
            async with House.of(Settings(home=home, database_url=url, master_keys=RING.text()), url) as house:
                await house.migrate()
                await furnish(house)
                await let_in(house, MANAGER, PASSWORD)
                await caught_up(house)

    return await furnished.once(postgres_url, "demo", make)


async def caught_up(house: House) -> None:
    """Everything in the log is dispatched."""
    queue = Queue(house.database.url)
    register(house, queue)  # reactions become jobs, which nobody runs here
    while await dispatcher(house, queue).look():
        pass
