"""`relata workspace`: a whole workspace as one file, and one again from it."""

from __future__ import annotations

from pathlib import Path

import click

from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application
from relata.interfaces.cli.transferring import workspace_option


@click.group("workspace")
def workspace() -> None:
    """A whole workspace: records, links, history, files and configuration."""


@workspace.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@json_option
@click.pass_obj
def export_workspace(application: Application, file: Path, workspace: str, as_json: bool) -> None:
    """Write everything into FILE, a ZIP. It holds the workspace's own keys in plain, since without them its history
    can't be read: keep it like a backup. Passwords, sessions and API keys are not in it."""
    done = application.export_workspace(workspace, file)
    if as_json:
        print_json(done)
        return
    lost = f", {done['lost']:,} lost" if done["lost"] else ""
    click.echo(f"{done['rows']:,} rows of {done['tables']} tables, {done['files']:,} files{lost}: {file}")
    if done["api_keys"]:
        click.echo(
            f"{done['api_keys']:,} API keys stay here: only their hashes are kept, they belong to accounts, and would"
            " open both workspaces. Make new ones where this file arrives."
        )


@workspace.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option("--key", default="", help="Another key for the workspace than the one it had.")
@json_option
@click.pass_obj
def import_workspace(application: Application, file: Path, key: str, as_json: bool) -> None:
    """Make the workspace of FILE here, all or nothing. Its people come in with the account of their address, or choose
    a password by "Forgot your password?"."""
    done = application.import_workspace(file, key)
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['name']}: {done['rows']:,} rows, {done['files']:,} files, {done['people']:,} people")


@workspace.command("rehearse")
@workspace_option
@json_option
@click.pass_obj
def rehearse_workspace(application: Application, workspace: str, as_json: bool) -> None:
    """Make a rehearsal workspace, in place of the last one: the same records and configuration, with names, addresses,
    numbers and texts of people masked, without history, files and mails. Its administrators come in as they are; what
    they configure there comes back as a package."""
    done = application.rehearse_workspace(workspace)
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['key']}: {done['rows']:,} rows of {done['objects']} objects, {done['masked']} columns masked")
