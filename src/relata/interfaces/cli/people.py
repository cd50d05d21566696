"""`relata user`: who works here and how they come in, for whoever has the machine."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from relata.engine.identity import accounts, emails, invitations, keys, memberships, recovery_links, sessions, tokens
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.interfaces.cli.acting import Acting, acting
from relata.interfaces.cli.output import json_option, print_json, print_table
from relata.interfaces.cli.showing import plain, text_of

_SHOWN = ("name", "email", "roles", "team.name", "status")
email_argument = click.argument("email")
name_option = click.option("--name", default="", help="How colleagues see them; else the first part of the address.")
role_option = click.option(
    "--role", "roles", multiple=True, default=("member",), show_default=True, help="Repeat for several."
)


@click.group()
def user() -> None:
    """People who work here: list, add, invite, deactivate, reset a password."""


@user.command("list")
@json_option
@acting
def list_users(actor: Acting, as_json: bool) -> None:
    """Everybody with their address, roles and status."""

    async def attempt(work: Workspace) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = await work.query(Query("user", None, parse_order("name"), ("id", *_SHOWN), 500, after))
            found.extend(plain(page.json()))
            after = page.next
            if not after:
                return found

    people = actor.within(attempt, read_only=True)
    if as_json:
        print_json(people)
    else:
        print_table([_SHOWN, *(tuple(text_of(one.get(name)) for name in _SHOWN) for one in people)])


@user.command("add")
@email_argument
@name_option
@role_option
@click.option(
    "--password-file", type=click.Path(path_type=Path, allow_dash=True),
    help="Holds the password in its first line; - reads standard input. Left out: one is made and printed once.",
)  # fmt: skip
@json_option
@acting
def add_user(
    actor: Acting, email: str, name: str, roles: tuple[str, ...], password_file: Path | None, as_json: bool
) -> None:
    """Somebody who can sign in at once."""
    password = _first_line(password_file) if password_file else secrets.token_urlsafe(12)

    async def attempt(work: Workspace) -> dict[str, Any]:
        connection = work.unit.connection
        person = await _new_person(work, email, name, roles, "active")
        known = await accounts.by_email(connection, email)
        account = known.id if known else await accounts.create(connection, email, password)
        await memberships.join(connection, account, work.context.id, person.id)
        return {"id": str(person.id), "email": person["email"], "has_account": known is not None}

    made = actor.within(attempt)
    if not made["has_account"] and not password_file:
        made["password"] = password
    _tell(
        made, as_json, f"{made['email']} can sign in.", [f"Password: {made['password']}"] if "password" in made else []
    )


@user.command("invite")
@email_argument
@name_option
@role_option
@json_option
@acting
def invite_user(actor: Acting, email: str, name: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Somebody who chooses their own password: prints a link for them, good for a week. Repeat it for a new link."""

    async def attempt(work: Workspace) -> dict[str, Any]:
        person = await work.first("user", email=emails.normalised(email), status="invited")
        if person is None:
            person = await _new_person(work, email, name, roles, "invited")
        token = await invitations.invite(work.unit.connection, work.context.id, person.id, email)
        return {
            "id": str(person.id),
            "email": person["email"],
            "link": f"{actor.application.address}/invitation/{token}",
        }

    made = actor.within(attempt)
    _tell(made, as_json, f"{made['email']} is invited. Send them this link:", [made["link"]])


@user.command("deactivate")
@email_argument
@json_option
@acting
def deactivate_user(actor: Acting, email: str, as_json: bool) -> None:
    """Nobody comes in as this person any more; sessions and keys end at once. Their records stay."""

    async def attempt(work: Workspace) -> dict[str, Any]:
        person = await person_of(work, email)
        await work.change(person, {"status": "inactive"})
        connection = work.unit.connection
        ended = await keys.revoke_of_user(connection, work.context.id, person.id)
        account = await memberships.account_of(connection, work.context.id, person.id)
        if account is not None:
            await sessions.end_all(connection, account)
        return {"id": str(person.id), "email": person["email"], "keys_ended": ended}

    made = actor.within(attempt)
    _tell(made, as_json, f"{made['email']} no longer comes in.", [])


@user.command("reset-password")
@email_argument
@json_option
@acting
def reset_password(actor: Acting, email: str, as_json: bool) -> None:
    """Print a link by which the person chooses a new password, good for an hour. Earlier links die."""

    async def attempt(work: Workspace) -> dict[str, Any]:
        connection = work.unit.connection
        account = await accounts.by_email(connection, email)
        if account is None or account.disabled_at is not None:
            raise NotFound("Nobody signs in with this address.", code="unknown_person", hint="See relata user list.")
        await tokens.end_of_account(connection, account.id)
        token = await tokens.issue(connection, "reset", account=account.id)
        return {"email": account.email, "link": f"{actor.application.address}/reset/{token}"}

    made = actor.within(attempt)
    _tell(made, as_json, f"{made['email']} chooses a new password here:", [made["link"]])


@user.command("recovery-link")
@email_argument
@json_option
@acting
def recovery_link(actor: Acting, email: str, as_json: bool) -> None:
    """Print a link that lets an administrator in past sign-on, once and within an hour: for when the provider fails."""

    async def attempt(work: Workspace) -> dict[str, Any]:
        person = await person_of(work, email)
        connection = work.unit.connection
        account = await memberships.account_of(connection, work.context.id, person.id)
        if account is None or person["status"] != "active":
            raise NotFound("Nobody signs in with this address.", code="unknown_person", hint="See relata user list.")
        token = await recovery_links.issue(connection, account)
        return {"email": person["email"], "link": f"{actor.application.address}/sign-in/recovery/{token}"}

    made = actor.within(attempt)
    _tell(made, as_json, f"{made['email']} comes in here, once:", [made["link"]])


async def person_of(work: Workspace, email: str) -> Record:
    """The person with this address; NotFound for none."""
    found = await work.first("user", email=email.strip().lower())
    if found is None:
        raise NotFound("Nobody with this address works here.", code="unknown_person", hint="See relata user list.")
    return found


async def _new_person(work: Workspace, email: str, name: str, roles: Sequence[str], status: str) -> Record:
    address = emails.normalised(email)
    unknown = [role for role in roles if role not in work.registry.roles]
    if unknown:
        hint = f"There are {', '.join(sorted(work.registry.roles))}."
        raise Invalid.of(
            [Problem("unknown_choice", f"There is no role called {role[:60]}.", "role", hint) for role in unknown]
        )
    if await work.first("user", email=address):
        raise Conflict("Somebody with this address is here already.", code="not_unique", hint="See relata user list.")
    values = {
        "name": name.strip() or address.partition("@")[0],
        "email": address,
        "roles": list(roles),
        "status": status,
    }
    return await work.create("user", values)


def _first_line(file: Path) -> str:
    with click.open_file(str(file), "r") as stream:
        return str(stream.readline()).rstrip("\n")


def _tell(made: dict[str, Any], as_json: bool, sentence: str, more: Sequence[str]) -> None:
    if as_json:
        print_json(made)
        return
    for line in (sentence, *more):
        click.echo(line)
