"""Attached files in their store."""

from __future__ import annotations

import click

from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application


@click.group()
def files() -> None:
    """Attached files, where they are stored."""


@files.command("encrypt")
@json_option
@click.pass_obj
def encrypt(application: Application, as_json: bool) -> None:
    """Encrypt the files that were stored before they were encrypted. People can work meanwhile, and it may be repeated:
    what is encrypted stays as it is."""
    done = application.encrypt_files()
    if as_json:
        print_json({"files": done})
    else:
        click.echo(f"{done:,} files were encrypted.")
