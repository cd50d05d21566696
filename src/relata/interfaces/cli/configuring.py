"""`relata config`: the configuration as files, compared, applied in one transaction, rolled back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application
from relata.interfaces.cli.transferring import user_option, workspace_option

if TYPE_CHECKING:
    from relata.engine.transfer.configuration.comparing import Difference
    from relata.engine.workspace.door import Door

_exact = click.option("--exact", is_flag=True, help="What the package does not have goes, too.")


@click.group("config")
def config() -> None:
    """Objects, fields, layouts, views, roles and rules as readable files."""


@config.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@workspace_option
@user_option
@click.pass_obj
def export_configuration(application: Application, target: Path, workspace: str, user: str) -> None:
    """Write the configuration to TARGET: a name that ends in .zip, or an empty folder."""

    async def write(door: Door) -> int:
        from relata.engine.transfer.configuration import package
        from relata.engine.transfer.configuration.gathering import gather
        from relata.interfaces.cli.transferring import person

        who = await person(door, workspace, user)
        found = await door.run(workspace, who, gather, via="cli", read_only=True)
        package.write(found, target)
        return sum(1 for _file in found.files()) - 1

    click.echo(f"{application.through_door(write):,} things", err=True)


@config.command("diff")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@_exact
@workspace_option
@user_option
@json_option
@click.pass_context
def diff(
    context: click.Context, source: Path, exact: bool, workspace: str, user: str, as_json: bool
) -> None:  # fmt: skip
    """Say what applying SOURCE would change. Exit code 1 where something differs."""

    async def look(door: Door) -> list[Difference]:
        from relata.engine.transfer.configuration import package
        from relata.engine.transfer.configuration.applying import preview
        from relata.interfaces.cli.transferring import person

        who = await person(door, workspace, user)
        return await preview(door, workspace, who, package.read(source), exact=exact)

    application: Application = context.obj
    differences = application.through_door(look)
    _show(differences, as_json=as_json)
    context.exit(1 if differences else 0)


@config.command("apply")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@_exact
@workspace_option
@user_option
@json_option
@click.pass_obj
def apply_configuration(
    application: Application, source: Path, exact: bool, workspace: str, user: str, as_json: bool
) -> None:  # fmt: skip
    """Apply SOURCE as a whole, or nothing of it. Says how to roll it back."""

    async def bring(door: Door) -> tuple[UUID | None, list[Difference]]:
        from relata.engine.transfer.configuration import package
        from relata.engine.transfer.configuration.applying import apply_package
        from relata.interfaces.cli.transferring import person

        who = await person(door, workspace, user)
        found = package.read(source)
        return await apply_package(door, workspace, who, found, name=source.name, exact=exact)

    change, differences = application.through_door(bring)
    _show(differences, as_json=as_json, change=change)
    if change is not None:
        click.echo(f"Back again: relata config rollback {change}", err=True)


@config.command("rollback")
@click.argument("change", type=click.UUID)
@workspace_option
@user_option
@json_option
@click.pass_obj
def rollback(application: Application, change: UUID, workspace: str, user: str, as_json: bool) -> None:
    """Bring everything back as it was before CHANGE, but for what somebody changed since, which is listed."""

    async def back(door: Door) -> list[Difference]:
        from relata.engine.transfer.configuration.applying import roll_back
        from relata.interfaces.cli.transferring import person

        return await roll_back(door, workspace, await person(door, workspace, user), change)

    _show(application.through_door(back), as_json=as_json)


def _show(differences: list[Difference], *, as_json: bool, change: UUID | None = None) -> None:
    if as_json:
        lines = [
            {"what": one.what, "kind": one.kind, "name": one.name, "before": one.before, "after": one.after}
            for one in differences
        ]
        print_json({"change": str(change) if change else None, "differences": lines})
        return
    for one in differences:
        parts = f": {', '.join(one.fields)}" if one.what == "changed" else ""
        click.echo(f"{one.what:8} {one.kind} {one.name}{parts}")
