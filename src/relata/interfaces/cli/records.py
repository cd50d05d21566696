"""`relata records`: every object's records, projected from the registry as the API is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from relata.engine.formula import parse
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.query.request import DEFAULT_LIMIT, MAX_LIMIT, Query, parse_order
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.interfaces.cli.acting import Acting, acting, object_of, record_id, values_of, with_values
from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.showing import plain, print_record, print_records

object_argument = click.argument("object_name", metavar="OBJECT")
id_argument = click.argument("record", metavar="ID")


@click.group()
def records() -> None:
    """List, read and write records of any object, such as opportunity. `relata objects` says which there are."""


@records.command("list")
@object_argument
@click.option("--where", default="", help='A filter, such as: status = "won" and amount > 1000.')
@click.option("--order", default="", help="Fields to sort by, such as: -amount,name.")
@click.option("--fields", default="", help="Fields or paths, such as: name,account.name,amount.")
@click.option(
    "--limit", type=click.IntRange(1, MAX_LIMIT), default=DEFAULT_LIMIT, show_default=True, help="Records on a page."
)
@click.option("--after", default="", help="The cursor that the page before ended with.")
@click.option("--deleted", is_flag=True, help="What lies in the bin.")
@json_option
@acting
def list_records(
    actor: Acting,
    object_name: str,
    where: str,
    order: str,
    fields: str,
    limit: int,
    after: str,
    deleted: bool,
    as_json: bool,
) -> None:
    """One page of an object's records."""

    async def attempt(work: Workspace) -> dict[str, Any]:
        one = object_of(work, object_name)
        shown = _listed(fields) or (() if as_json else tuple(_columns(work, one)))
        wanted = shown if not shown or "id" in shown else ("id", *shown)
        condition = parse(where) if where else None
        page = await work.query(Query(one.name, condition, parse_order(order), wanted, limit, after, deleted))
        return {"data": plain(page.json()), "next": page.next or None}

    found = actor.within(attempt, read_only=True)
    if as_json:
        print_json(found)
        return
    print_records(found["data"])
    if found["next"]:
        click.echo(f"More: --after {found['next']}", err=True)


@records.command("get")
@object_argument
@id_argument
@click.option("--fields", default="", help="Fields or paths; left out: all.")
@json_option
@acting
def get_record(actor: Acting, object_name: str, record: str, fields: str, as_json: bool) -> None:
    """One record, formulas and roll-ups included."""

    async def attempt(work: Workspace) -> dict[str, Any]:
        return await work.show(object_of(work, object_name).name, record_id(record), _listed(fields))

    _print(actor.within(attempt, read_only=True), as_json)


@records.command("create")
@object_argument
@with_values
@json_option
@acting
def create_record(
    actor: Acting, object_name: str, pairs: tuple[str, ...], json_file: Path | None, as_json: bool
) -> None:
    """A new record."""
    values = values_of(pairs, json_file)

    async def attempt(work: Workspace) -> dict[str, Any]:
        made = await work.create(object_of(work, object_name).name, values)
        return await work.show(made.object.name, made.id)

    _print(actor.within(attempt), as_json)


@records.command("change")
@object_argument
@id_argument
@with_values
@json_option
@acting
def change_record(
    actor: Acting, object_name: str, record: str, pairs: tuple[str, ...], json_file: Path | None, as_json: bool
) -> None:
    """The record with other values; what is left out stays, and FIELD= empties a field."""
    values = values_of(pairs, json_file)

    async def attempt(work: Workspace) -> dict[str, Any]:
        changed = await work.change((object_of(work, object_name).name, record_id(record)), values)
        return await work.show(changed.object.name, changed.id, deleted=None)

    _print(actor.within(attempt), as_json)


@records.command("delete")
@object_argument
@id_argument
@acting
def delete_record(actor: Acting, object_name: str, record: str) -> None:
    """Into the bin."""

    async def attempt(work: Workspace) -> str:
        one = object_of(work, object_name)
        await work.delete((one.name, record_id(record)))
        return one.title

    click.echo(f"{actor.within(attempt)} deleted; `relata records restore` brings it back.")


@records.command("restore")
@object_argument
@id_argument
@json_option
@acting
def restore_record(actor: Acting, object_name: str, record: str, as_json: bool) -> None:
    """Out of the bin, with what went with it."""

    async def attempt(work: Workspace) -> dict[str, Any]:
        one = object_of(work, object_name)
        if not work.actor.rights.permits("see_deleted"):
            raise Denied("You may not restore records.", code="denied_restore")
        await work.restore((one.name, record_id(record)))
        return await work.show(one.name, record_id(record))

    _print(actor.within(attempt), as_json)


def _columns(work: Workspace, one: Object) -> Iterator[str]:
    """The list's columns as on the screen, links by what they lead to."""
    for name in (one.title_field, *work.layout(one.name).columns):
        field = one.field(name)
        if field is None or work.actor.readable(one, field):
            yield f"{name}.{work.registry.get(field.to).title_field}" if isinstance(field, Link) else name


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _print(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(plain(shown))
    else:
        print_record(plain(shown))
