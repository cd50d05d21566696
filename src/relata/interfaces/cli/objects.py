"""`relata objects`: what there is to work with."""

from __future__ import annotations

from typing import Any

import click

from relata.engine.metadata.object import Object
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.cli.acting import Acting, acting, object_of
from relata.interfaces.cli.output import json_option, print_json, print_table


@click.command()
@click.argument("object_name", metavar="[OBJECT]", required=False)
@json_option
@acting
def objects(actor: Acting, object_name: str | None, as_json: bool) -> None:
    """All objects, or the fields, related lists and actions of one."""

    async def attempt(work: Workspace) -> list[dict[str, Any]]:
        readable = [one for one in work.registry.objects.values() if work.actor.rights.level(one, "read")]
        return [described(work, one) for one in ([object_of(work, object_name)] if object_name else readable)]

    found = actor.within(attempt, read_only=True)
    if as_json:
        print_json(found[0] if object_name else found)
    elif object_name:
        _print_one(found[0])
    else:
        print_table([(one["name"], one["plural"], one["help"]) for one in found])


def described(work: Workspace, one: Object) -> dict[str, Any]:
    """An object as this actor may use it."""
    rights, registry = work.actor.rights, work.registry
    return {
        "name": one.name,
        "plural": one.path,
        "label": one.title,
        "help": one.help,
        "fields": [
            {
                "name": field.name,
                "type": field.type_name,
                "label": field.title,
                "required": field.required,
                "help": field.help,
            }
            for field in one.all_fields.values()
            if rights.readable(one, field)
        ],
        "related": [
            {"name": name, "object": relation.child}
            for name, relation in registry.relations[one.name].items()
            if rights.level(registry.get(relation.child), "read")
        ],
        "actions": [
            {"name": action.name, "label": action.label, "help": action.help, "takes": _takes(action.command, one)}
            for action in registry.actions.get(one.name, {}).values()
            if rights.permits(action.needs)
        ],
    }


def _takes(command: type[Any], one: Object) -> list[str]:
    return [name for name in command.__struct_fields__ if name != one.name]


def _print_one(one: dict[str, Any]) -> None:
    click.echo(f"{one['label']}: {one['help']}\n")
    print_table(
        [("FIELD", "TYPE", "HELP"), *((field["name"], field["type"], field["help"]) for field in one["fields"])]
    )
    if one["related"]:
        click.echo("\nRelated lists: " + ", ".join(each["name"] for each in one["related"]))
    if one["actions"]:
        click.echo()
        rows = [(each["name"], ", ".join(each["takes"]), each["help"]) for each in one["actions"]]
        print_table([("ACTION", "TAKES", "HELP"), *rows])
