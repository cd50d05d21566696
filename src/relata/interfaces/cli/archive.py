"""`relata backup` and `relata restore`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application

file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@file_argument
@json_option
@click.pass_obj
def backup(application: Application, file: Path, as_json: bool) -> None:
    """Put the whole installation into one new FILE: database, attachments, secret key. People may go on working.

    The file opens everything to whoever has it: keep it where nobody else can read it.
    """
    made = application.backup(file)
    if as_json:
        print_json(asdict(made))
        return
    click.echo(f"Backed up to {made.file}: {made.bytes / 1e6:,.1f} MB with {made.files:,} attached files.")
    if not made.has_key:
        click.echo("The secret key is not in it; keep RELATA_SECRET_KEY as well.")


@click.command()
@file_argument
@click.option("--force", is_flag=True, help="Replace what is there. It is lost.")
@click.option("--erasures", type=click.Path(path_type=Path), help="A kept erasures.jsonl: its people are erased again.")
@json_option
@click.pass_obj
def restore(application: Application, file: Path, force: bool, erasures: Path | None, as_json: bool) -> None:
    """Bring everything back from FILE, into an empty installation. Either all of it comes back or nothing changes."""
    done = application.restore(file, force=force, erased=erasures)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(
        f"Restored the backup of {done.made_at}, made by Relata {done.version}, with {done.files:,} attached files."
    )
    for name in done.migrations:
        click.echo(f"Applied {name}")
    if done.erased:
        click.echo(f"Erased again: {done.erased:,} people who were erased since the backup was made.")
    if done.settings:
        click.echo("These settings were different there:")
        for name, value in done.settings.items():
            click.echo(f"    {name}={value}")
