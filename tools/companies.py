"""Three companies to look at, each over a database of its own: furnished, empty, and with ten times too much text."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.browser.served import Site, serving

from relata.app.assembly import MAIN, House
from relata.app.demo import MANAGER, furnish, let_in
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.engine.metadata.fields import Emails, Integer, LongText, MoneyField, PersonName, Tags, Text
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query
from relata.engine.storage import embedded
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.testing.demo import PASSWORD, caught_up

#: One that breaks at spaces, one that breaks nowhere, one in another script: names come in all three kinds.
LONG = (
    "The Worshipful and Very Old Company of Coffee Roasters, Grinders, Carriers and Blenders of the Lower Valley, "
    "Registered Cooperative with Limited Liability and Branches in Eleven Countries, Founded in 1782",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsversammlungsprotokollführer",
    "شركة القهوة العالمية المحدودة للاستيراد والتصدير والتوزيع والخدمات اللوجستية وما يتصل بها من أعمال",
)
EACH = 30


async def furnished(house: House) -> None:
    """The demo company, with its manager let in."""
    await furnish(house)
    await let_in(house, MANAGER, PASSWORD)
    await caught_up(house)


async def empty(house: House) -> None:
    """A workspace on its first day, with its first administrator."""
    await house.migrate()
    link = await house.setup_link()
    assert link
    await house.first_setup(link.rsplit("/", 1)[1], "Larkfield", "Clara Lindqvist", MANAGER, PASSWORD)
    await let_in(house, MANAGER, PASSWORD)


async def overfull(house: House) -> None:
    """The demo company, and every text in it as long as its field takes, up to 200 characters."""
    await furnished(house)
    administration = Administration(house.door, MAIN, None)
    await administration.change_settings({"name": LONG[0][:120]})
    options = [{"value": f"choice_{number}", "label": f"{number} {LONG[0]}"[:120]} for number in range(12)]
    await administration.add_field(
        "account", {"type": "choice", "name": "long_choice", "label": LONG[0][:80], "help": LONG[0], "options": options}
    )
    for one in (await house.door.context(MAIN)).registry.objects.values():
        if one.name not in ("user", "team"):
            await house.door.run(MAIN, None, partial(_stretch, one), via="demo")


async def _stretch(one: Object, work: Workspace) -> None:
    found = await work.query(Query(one.name, fields=("id",), limit=EACH))
    for number, row in enumerate(found.values()):
        values = {
            field.name: value
            for field in one.fields
            if not (field.system or field.read_only or field.unique)
            if (value := _too_much(field, number)) is not None
        }
        try:
            record = await work.get(one.name, row["id"])
            await work.change(record, values)
        except RelataError:
            continue  # what a rule refuses stays as it was


def _too_much(field: Any, number: int) -> Any:
    text = LONG[number % len(LONG)]
    match field:
        case Tags():
            return [f"tag {count} of a long list" for count in range(25)]
        case Emails():
            return [f"{LONG[1][:60].encode('ascii', 'ignore').decode()}{number}.{at}@a-very-long-domain-name.example"
                    for at in range(4)]  # fmt: skip
        case PersonName():
            return {"given": f"Wolfeschlegelsteinhausenbergerdorff {number}", "family": LONG[0][:70]}
        case LongText():
            return "\n\n".join([*LONG] * 8)
        case Text():
            return f"{number} {text}"[: min(field.max_length or 200, 200)]
        case MoneyField():
            return {"amount": "987654321098.76", "currency": "USD"} if number % 2 else None
        case Integer():
            return 2_000_000_000 if field.maximum is None else None
    return None


KINDS: dict[str, Callable[[House], Awaitable[None]]] = {"demo": furnished, "empty": empty, "overfull": overfull}


@contextmanager
def company(home: Path, kind: str) -> Iterator[Site]:
    """The company of this kind, served; made below `home` the first time."""
    home.mkdir(parents=True, exist_ok=True)
    with embedded.start(home, careless=True) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            there = connection.execute("select 1 from pg_database where datname = %s", (kind,)).fetchone()
            if there is None:
                connection.execute(f"create database {kind} template template0 encoding 'UTF8'")
        url = psycopg.conninfo.make_conninfo(server.url, dbname=kind)
        if there is None:
            within(Settings(home=home / kind, database_url=url, secret_key="k" * 40), url, KINDS[kind])
        with serving(url, home / kind) as site:
            yield site
