"""`relata explain`: why somebody sees a record, or does not."""

from __future__ import annotations

from dataclasses import asdict

import click

from relata.engine.workspace.explain import Explanation, explain_access
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.cli.acting import Acting, acting, object_of, record_id
from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.people import person_of
from relata.interfaces.cli.showing import plain


@click.command()
@click.argument("person")
@click.argument("object_name", metavar="OBJECT")
@click.argument("record", metavar="ID")
@json_option
@acting
def explain(actor: Acting, person: str, object_name: str, record: str, as_json: bool) -> None:
    """Say why PERSON (an e-mail address) sees a record and may change it, way by way."""

    async def attempt(work: Workspace) -> Explanation:
        found = await work.get(object_of(work, object_name).name, record_id(record), deleted=None)
        return await explain_access(work, (await person_of(work, person)).id, found)

    told = actor.within(attempt)
    if as_json:
        print_json(plain(asdict(told)))
        return
    sees, changes = "sees" if told.sees else "does not see", "may" if told.changes else "may not"
    click.echo(f"{told.name} {sees} it and {changes} change it.")
    for sentence in told.sentences:
        click.echo(f"  {sentence}")
