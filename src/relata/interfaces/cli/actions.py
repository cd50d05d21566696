"""`relata action`: what modules declare that a person can do, by the same name as in the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from relata.engine.metadata.module import Action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.interfaces.cli.acting import Acting, acting, object_of, record_id, values_of, with_values
from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.showing import plain, print_record, text_of


@click.command()
@click.argument("object_name", metavar="OBJECT")
@click.argument("record", metavar="ID")
@click.argument("name", metavar="ACTION")
@with_values
@json_option
@acting
def action(
    actor: Acting,
    object_name: str,
    record: str,
    name: str,
    pairs: tuple[str, ...],
    json_file: Path | None,
    as_json: bool,
) -> None:
    """Do something with a record: what `relata objects OBJECT` lists as its actions."""
    values = values_of(pairs, json_file)

    async def attempt(work: Workspace) -> Any:
        one = object_of(work, object_name)
        found = await work.get(one.name, record_id(record))
        declared = work.registry.actions.get(one.name, {})
        if name not in declared:
            hint = f"There are {', '.join(declared)}." if declared else f"{one.title_plural} have no actions."
            raise NotFound(f"There is no action called {name[:60]}.", code="unknown_action", hint=hint)
        result = await work.run(command_of(work.action(one.name, name), found, values))
        return await _shown(work, result)

    result = actor.within(attempt)
    if as_json:
        print_json({"result": plain(result)})
    elif isinstance(result, dict):
        print_record(plain(result))
    else:
        click.echo(text_of(plain(result)) or "Done.")


def command_of(action: Action, record: Record, values: dict[str, Any]) -> msgspec.Struct:
    """The action's command for one record; texts are read as what its fields want. Invalid names what does not fit."""
    fields = action.command.__struct_fields__
    unknown = [name for name in values if name not in fields]
    if unknown:
        hint = f"It takes {', '.join(name for name in fields if name != action.object) or 'nothing'}."
        raise Invalid.of(
            [Problem("unknown_field", f"This action takes no {name[:60]}.", name[:60], hint) for name in unknown]
        )
    own = {action.object: str(record.id)} if action.object in fields else {}
    try:
        return msgspec.convert({**values, **own}, action.command, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(
            f"{str(error).replace('`', chr(34))}.", code="invalid_value", hint="Give values with --set."
        ) from error


async def _shown(work: Workspace, result: object) -> Any:
    if isinstance(result, Record):
        return await work.show(result.object.name, result.id, deleted=None)
    if isinstance(result, (list, tuple)):
        return [await _shown(work, item) for item in result]
    return result
