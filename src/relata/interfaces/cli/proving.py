"""`relata verify`, `relata erase` and `relata keys`: a history that proves itself, and people who must be forgotten."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application, Misfit

_ALTERED = 1


@click.command()
@click.option("--workspace", "workspaces", multiple=True, metavar="KEY", help="Only this workspace; may be repeated.")
@click.option("--anchors", type=click.Path(path_type=Path), help="Compare with the anchors that were kept outside.")
@json_option
@click.pass_context
def verify(context: click.Context, workspaces: tuple[str, ...], anchors: Path | None, as_json: bool) -> None:
    """Prove that nobody altered, removed, added or moved anything in the history; exit code 1 when somebody did."""
    found = context.obj.verify(workspaces=workspaces, anchors=anchors)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            state = "holds" if one.holds else "DOES NOT HOLD"
            more = f", {one.unsealed:,} changes wait for their seal" if one.unsealed else ""
            more += f", {one.redacted:,} rows were redacted by erasures" if one.redacted else ""
            click.echo(f"{one.workspace}: the history {state}: {one.rows:,} changes in {one.blocks:,} blocks{more}.")
            for misfit in one.misfits:
                click.echo(f"    {_place(misfit)}: {misfit.words}. {misfit.detail}".rstrip())
    context.exit(0 if all(one.holds for one in found) else _ALTERED)


def _place(misfit: Misfit) -> str:
    parts = [
        f"block {misfit.block}" if misfit.block is not None else "",
        f"change {misfit.row}" if misfit.row is not None else "",
        f"record {misfit.record}" if misfit.record else "",
    ]
    return ", ".join(part for part in parts if part) or "the end"


@click.command()
@click.argument("object_name", metavar="OBJECT")
@click.argument("record")
@click.option("--workspace", default="main", show_default=True, help="The workspace's key.")
@click.option("--as", "email", default="", metavar="EMAIL", help="Act as this person; else as the system.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def erase(
    application: Application, object_name: str, record: str, workspace: str, email: str, yes: bool, as_json: bool
) -> None:
    """Erase a person for good: RECORD's personal values, its history, files, and what is only about it. It can't be
    undone, and a backup that is restored later is erased again."""
    if not yes:
        click.confirm(f"Erase {object_name} {record} for good?", abort=True, err=True)
    done = application.erase(workspace, email, object_name, record)
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(
            f"Erased. {done.records:,} records were touched; older backups still hold the person until they end."
        )


@click.group()
def keys() -> None:
    """The master keys, under which all other keys lie."""


@keys.command("renew")
@json_option
@click.pass_obj
def renew(application: Application, as_json: bool) -> None:
    """New keys for secret fields: every secret is encrypted again while people work, and the old keys are destroyed."""
    cells = application.renew_secret_keys()
    if as_json:
        print_json({"cells": cells})
    else:
        click.echo(f"{cells:,} secrets were encrypted again; the old keys are destroyed.")


@keys.command("rotate")
@json_option
@click.pass_obj
def rotate(application: Application, as_json: bool) -> None:
    """Bring every key under the newest master key. Where the master keys lie in the home folder a new one is made;
    else put a new one in front of the others first. Then start all processes again, and take the old ones away."""
    done = application.rotate_keys()
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(f"{done.keys} keys were brought under the master key {done.current}.")
