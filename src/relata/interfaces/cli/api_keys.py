"""`relata apikey`: keys for programs. A key acts as a person, never with more than the person's rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from relata.engine.identity import keys
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.interfaces.cli.acting import Acting, acting, record_id
from relata.interfaces.cli.output import json_option, print_json, print_table
from relata.interfaces.cli.people import person_of
from relata.interfaces.cli.showing import plain, text_of

_SHOWN = ("id", "prefix", "name", "email", "role", "scopes", "expires_at", "last_used_at", "revoked_at")


@click.group()
def apikey() -> None:
    """Keys for programs that use the API: list, create, revoke."""


@apikey.command("list")
@json_option
@acting
def list_keys(actor: Acting, as_json: bool) -> None:
    """All keys, newest first, revoked ones too. The keys themselves can't be shown again."""

    async def attempt(work: Workspace) -> list[dict[str, Any]]:
        found = await keys.list_of(work.unit.connection, work.context.id)
        people = {one.id: one["email"] for one in await work.get_many("user", list({key.user for key in found}))}
        return [
            plain({name: people.get(key.user) if name == "email" else getattr(key, name) for name in _SHOWN})
            for key in found
        ]

    found = actor.within(attempt, read_only=True)
    if as_json:
        print_json(found)
    elif found:
        print_table([_SHOWN, *(tuple(text_of(key[name]) for name in _SHOWN) for key in found)])
    else:
        click.echo("There are none.", err=True)


@apikey.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What the key is for.")
@click.option("--role", default=None, help="Narrows the key to what this role may do; else the person's roles.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=("write",),
    show_default=True,
    help="read, write, or opportunities:read; repeat it.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), default=None, help="The key expires after so many days; else never."
)
@json_option
@acting
def create_key(
    actor: Acting, email: str, name: str, role: str | None, scopes: tuple[str, ...], days: int | None, as_json: bool
) -> None:
    """A key that acts as the person with this address. It is printed once."""
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None

    async def attempt(work: Workspace) -> dict[str, Any]:
        if role is not None and role not in work.registry.roles:
            hint = f"There are {', '.join(sorted(work.registry.roles))}."
            raise Invalid.of([Problem("unknown_choice", f"There is no role called {role[:60]}.", "role", hint)])
        person = await person_of(work, email)
        key, text = await keys.create(
            work.unit.connection, work.context.id, person.id, name, role=role, scopes=scopes, expires_at=expires_at,
            created_by=work.actor.user,
        )  # fmt: skip
        return {"id": str(key), "key": text, "expires_at": expires_at.isoformat() if expires_at else None}

    made = actor.within(attempt)
    if as_json:
        print_json(made)
    else:
        click.echo(f"{made['key']}\nKeep it: it is not shown again.")


@apikey.command("revoke")
@click.argument("key", metavar="ID")
@acting
def revoke_key(actor: Acting, key: str) -> None:
    """End a key at once. ID: the id or the prefix that the list shows."""

    async def attempt(work: Workspace) -> None:
        found = await keys.list_of(work.unit.connection, work.context.id)
        named = [one.id for one in found if one.prefix == key]
        if len(named) > 1:
            raise NotFound("Several keys have this prefix.", code="key_not_found", hint="Give the id.")
        await keys.revoke(work.unit.connection, work.context.id, named[0] if named else record_id(key))

    actor.within(attempt)
    click.echo("The key no longer works.")
