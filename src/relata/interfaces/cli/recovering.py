"""`relata archive` and `relata recover`: any second again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from relata.foundation.errors import Invalid
from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application


@click.group()
def archive() -> None:
    """The archive of the embedded database in RELATA_ARCHIVE, from which any second can be brought back."""


@archive.command("make")
@json_option
@click.pass_obj
def make(application: Application, as_json: bool) -> None:
    """Make a base backup now, as a schedule does every night, and forget what is too old. People may go on working."""
    made = application.archive()
    if as_json:
        print_json(asdict(made))
        return
    click.echo(f"Base backup {made.name}: {made.bytes / 1e6:,.1f} MB, {made.files:,} new attached files.")
    click.echo(f"The archive has {made.bases}; {made.gone} were too old and are gone.")


@archive.command("list")
@json_option
@click.pass_obj
def show(application: Application, as_json: bool) -> None:
    """The base backups: any second since the first of them can be brought back."""
    found = [f"{base.made_at:%Y-%m-%d %H:%M:%S} UTC" for base in application.archived()]
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(found) or "There is no base backup yet; `relata archive make` makes one.")


@archive.command("check")
@json_option
@click.pass_obj
def check(application: Application, as_json: bool) -> None:
    """Prove the newest base backup: bring everything back beside what runs, look at it, and throw it away."""
    found = application.check_archive()
    if as_json:
        print_json(asdict(found))
    else:
        click.echo(f"The base backup of {found.base} comes back whole; its last change was made {found.last_change}.")


@click.command()
@click.option(
    "--to", "until", default="", help="The second, such as 2026-11-21T12:00:03Z. Left out: as late as it goes."
)
@json_option
@click.pass_obj
def recover(application: Application, until: str, as_json: bool) -> None:
    """Bring the installation back out of RELATA_ARCHIVE into an empty RELATA_HOME, as it was at a second."""
    found = application.recover(moment(until) if until else None)
    if as_json:
        print_json(asdict(found))
        return
    click.echo(
        f"Everything is back, from the base backup of {found.base}; the last change was made {found.last_change}."
    )
    if found.erased:
        click.echo(f"{found.erased} people who were erased since were erased again.")


def moment(text: str) -> datetime:
    """A second with its time zone. Raises Invalid."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Invalid(
            "This is no second.", code="time", field="to", hint="It looks like 2026-11-21T12:00:03Z."
        ) from None
    if found.tzinfo is None:
        raise Invalid(
            "The second needs its time zone.",
            code="time",
            field="to",
            hint="Add Z for UTC, or an offset such as +01:00.",
        )
    return found.astimezone(UTC)
