"""`relata bi`: views for other programs, each as one person and with a database user of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from relata.engine.reporting.sql_access import keeping
from relata.engine.reporting.sql_access.address import address_of
from relata.engine.reporting.sql_access.keeping import Made
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.cli.acting import Acting, acting, record_id
from relata.interfaces.cli.output import json_option, print_json, print_table
from relata.interfaces.cli.people import person_of
from relata.interfaces.cli.showing import plain, text_of

_SHOWN = ("id", "name", "email", "role", "database_user", "views", "refreshed_at", "expires_at", "ended_at", "problem")


@click.group()
def bi() -> None:
    """Read-only SQL views for other programs: list, make, password, end, refresh."""


@bi.command("list")
@json_option
@acting
def list_accesses(actor: Acting, as_json: bool) -> None:
    """All accesses, newest first, those that ended too."""

    async def attempt(work: Workspace) -> list[dict[str, Any]]:
        found = await keeping.list_accesses(work)
        people = {one.id: one["email"] for one in await work.get_many("user", list({one.person for one in found}))}
        return [
            plain({name: people.get(one.person) if name == "email" else getattr(one, name) for name in _SHOWN})
            for one in found
        ]

    found = actor.within(attempt, read_only=True)
    if as_json:
        print_json(found)
    elif found:
        print_table([_SHOWN, *(tuple(text_of(one[name]) for name in _SHOWN) for one in found)])
    else:
        click.echo("There are none.", err=True)


@bi.command("make")
@click.argument("email")
@click.option("--name", required=True, help="What reads there.")
@click.option("--role", default=None, help="Narrows the views to what this role may read; else the person's roles.")
@click.option("--days", type=click.IntRange(1, 3650), default=None, help="The access ends after so many days.")
@json_option
@acting
def make(actor: Acting, email: str, name: str, role: str | None, days: int | None, as_json: bool) -> None:
    """Views that show what the person with this address sees. The password is printed once."""
    until = datetime.now(UTC) + timedelta(days=days) if days else None

    async def attempt(work: Workspace) -> Made:
        person = await person_of(work, email)
        return await keeping.make_access(work, name, person.id, role=role, expires_at=until)

    _print(actor, actor.within(attempt), as_json)


@bi.command("password")
@click.argument("access", metavar="ID")
@json_option
@acting
def password(actor: Acting, access: str, as_json: bool) -> None:
    """Another password; whoever is connected is put out."""
    _print(actor, actor.within(lambda work: keeping.rotate(work, record_id(access))), as_json)


@bi.command("end")
@click.argument("access", metavar="ID")
@acting
def end(actor: Acting, access: str) -> None:
    """Close the views and drop their user, at once."""
    actor.within(lambda work: keeping.end(work, record_id(access)))
    click.echo("The access is over.")


@bi.command("refresh")
@acting
def refresh(actor: Acting) -> None:
    """Bring all views up to date now; workers do it by themselves."""
    click.echo(f"{len(actor.within(keeping.refresh_all))} made anew.")


def _print(actor: Acting, made: Made, as_json: bool) -> None:
    place = address_of(actor.application.database_url)
    user = made.access.database_user
    shown = {
        "id": str(made.access.id), "host": place.host, "port": place.port, "database": place.database, "user": user,
        "password": made.password, "by_hand": list(made.by_hand), "open_doors": list(made.open_doors),
    }  # fmt: skip
    if as_json:
        print_json(shown)
        return
    for name in ("id", "host", "port", "database", "user"):
        click.echo(f"{name}: {shown[name]}")
    if made.password:
        click.echo(f"password: {made.password}\nKeep it: it is not shown again.")
    for title, statements in (
        ("Relata may not make users here. An administrator of the server runs:", made.by_hand),
        ("PostgreSQL leaves these open to every user; an administrator of the server should run:", made.open_doors),
    ):
        if statements:
            click.echo("\n".join((title, *(f"  {one};" for one in statements))))
