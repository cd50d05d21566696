"""How commands work in a workspace: as whom, in which one, and how they read values from a command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click
import msgspec

from relata.engine.metadata.object import Object
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.cli.port import Application

T = TypeVar("T")
Option = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Acting:
    """Who works where. email: a person, whose rights count; "" for the system, which may do everything."""

    application: Application
    workspace: str
    email: str

    def within(self, attempt: Callable[[Workspace], Awaitable[T]], *, read_only: bool = False) -> T:
        """`attempt` in a unit of work of its own."""

        async def use(door: Door) -> T:
            who = await person(door, self.workspace, self.email)
            return await door.run(self.workspace, who, attempt, via="cli", read_only=read_only)

        return self.application.through_door(use)


async def person(door: Door, workspace: str, email: str) -> UUID | None:
    """The person with this address; None for none asked. NotFound where nobody has it."""
    if not email:
        return None
    async with door.open(workspace, None, read_only=True) as work:
        found = await work.first("user", email=email.strip().lower())
    if found is None:
        raise NotFound("Nobody with this address works here.", code="unknown_person", hint="See relata user list.")
    return found.id


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options for who acts where; the command receives an `Acting` as its first argument."""

    @click.option("--workspace", default="main", show_default=True, help="The workspace's key.")
    @click.option("--as", "as_whom", default="", metavar="EMAIL", help="Act as this person; else as the system.")
    @click.pass_obj
    def wrapped(application: Application, /, workspace: str, as_whom: str, **given: Any) -> Any:
        return command(Acting(application, workspace, as_whom), **given)

    wrapped.__doc__, wrapped.__name__ = command.__doc__, command.__name__
    return wrapped


def with_values(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options for values: --set for each, or a file; the command reads them by `values_of`."""
    path = click.Path(path_type=Path, allow_dash=True)
    for option in (
        click.option("--json-file", type=path, help="A JSON object; - reads it from standard input."),
        click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="A value; lists as JSON. Repeat it."),
    ):
        command = option(command)
    return command


def values_of(pairs: Iterable[str], json_file: Path | None) -> dict[str, Any]:
    """The values of --json-file, then those of --set, which win. Invalid for what can't be read."""
    values = _from_file(json_file) if json_file else {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if not sign or not name.strip():
            raise Invalid(f"{pair[:60]!r} is no value.", code="usage", hint='Write --set name="Kaffeehaus Nord".')
        values[name.strip()] = _value(text)
    return values


def object_of(work: Workspace, name: str) -> Object:
    """By its name or its plural, as people type either. NotFound, or Denied where the actor may read none of it."""
    known = name in work.registry.objects
    return work.readable_object(name if known else work.registry.by_path(name).name)


def record_id(text: str) -> UUID:
    """The id; NotFound for what can be none."""
    found = parse_id(text)
    if found is None:
        raise NotFound("This record does not exist.", hint="An id looks like 01939f2e-….")
    return found


def _value(text: str) -> Any:
    """Text as a form would send it; what begins as a JSON list or object is one."""
    if text[:1] in ("[", "{"):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text


def _from_file(file: Path) -> dict[str, Any]:
    try:
        with click.open_file(str(file), "rb") as stream:
            return msgspec.json.decode(stream.read(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise Invalid(
            f"{file} holds no JSON object.", code="usage", hint='It looks like {"name": "Kaffeehaus Nord"}.'
        ) from error
