"""`relata search`: across everything that the actor may see."""

from __future__ import annotations

from typing import Any

import click

from relata.engine.search import find
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.cli.acting import Acting, acting, object_of
from relata.interfaces.cli.output import json_option, print_json, print_table
from relata.interfaces.cli.showing import shorter


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--object", "object_name", default="", help="Only records of this object.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="Hits at most.")
@json_option
@acting
def search(actor: Acting, words: tuple[str, ...], object_name: str, limit: int, as_json: bool) -> None:
    """Find records by WORDS, the best hits first."""

    async def attempt(work: Workspace) -> list[dict[str, Any]]:
        only = [object_of(work, object_name).name] if object_name else None
        unit = work.unit
        hits = await find.search(
            unit.connection, work.context.ground, work.actor, " ".join(words), objects=only, limit=limit
        )
        return [
            {"object": hit.object, "id": str(hit.id), "title": hit.title or "", "field": hit.field, "text": hit.text}
            for hit in hits
        ]

    found = actor.within(attempt, read_only=True)
    if as_json:
        print_json(found)
    elif found:
        print_table([(hit["object"], hit["id"], shorter(hit["title"]), shorter(hit["text"])) for hit in found])
    else:
        click.echo("Nothing was found.", err=True)
