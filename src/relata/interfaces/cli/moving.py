"""`relata move-in`, `move-out` and `try-migration`: the export of another system, brought in whole and compared; and
the way back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relata.foundation.errors import Invalid
from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application
from relata.interfaces.cli.transferring import user_option, workspace_option

if TYPE_CHECKING:
    from relata.engine.transfer.migration.leaving import Left
    from relata.engine.transfer.migration.reconciling import TableReport
    from relata.engine.transfer.migration.running import Moved
    from relata.engine.workspace.door import Door

_SHOWN = 4


@click.command("move-in")
@click.argument("system")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--currency", default="", help="The currency of amounts that name none, such as USD.")
@click.option("--region", default="", help="The country of phone numbers that name none, such as US.")
@click.option("--plan", "only_plan", is_flag=True, help="Say what would become what, and bring nothing.")
@click.option("--no-fields", is_flag=True, help="Leave out what has no place here, and make no fields or objects.")
@workspace_option
@user_option
@json_option
@click.pass_context
def move_in(
    context: click.Context, system: str, path: Path, currency: str, region: str, only_plan: bool, no_fields: bool,
    workspace: str, user: str, as_json: bool,
) -> None:  # fmt: skip
    """Bring the export of another system, a folder or a zip, and compare counts and sums. SYSTEM is salesforce, zoho,
    hubspot, pipedrive, or auto. Running it again brings what is new. Exit code 1 where a difference has no reason."""
    application: Application = context.obj
    moved = application.through_door(
        lambda door: _bring(door, workspace, user, system, path, (currency, region, not no_fields), only_plan)
    )
    if as_json:
        print_json(_json(moved))
    elif only_plan:
        print_plan(moved)
    else:
        print_moved(moved)
    context.exit(0 if moved.is_explained else 1)


@click.command("move-out")
@click.argument("system")
@click.argument("folder", type=click.Path(path_type=Path))
@workspace_option
@user_option
@json_option
@click.pass_obj
def move_out(
    application: Application, system: str, folder: Path, workspace: str, user: str, as_json: bool
) -> None:  # fmt: skip
    """Write everything into FOLDER as files that SYSTEM imports: salesforce. Records that came from there carry its
    ids, all others ours, in a field of their own."""

    async def write(door: Door) -> list[Left]:
        from relata.engine.transfer.migration.leaving import leave
        from relata.engine.transfer.sources import source
        from relata.interfaces.cli.transferring import person

        found = source(system)
        if found is None:
            raise Invalid(f"There is no system called {system}.", code="unknown_system", field="system")
        return await leave(door, workspace, await person(door, workspace, user), found, folder)

    folder.mkdir(parents=True, exist_ok=True)
    left = application.through_door(write)
    if as_json:
        print_json([{"file": one.file, "object": one.object, "rows": one.rows} for one in left])
    else:
        for one in left:
            click.echo(f"{one.file}: {one.rows:,}")


@click.command("try-migration")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--currency", default="USD", show_default=True, help="The currency of amounts that name none.")
@click.option("--region", default="US", show_default=True, help="The country of phone numbers that name none.")
@workspace_option
@click.pass_context
def try_migration(context: click.Context, data: Path, currency: str, region: str, workspace: str) -> None:
    """Bring an export twice, and compare: everything must be accounted for, and the second time must write nothing.

    DATA is the folder of the export, such as salesforce_export.
    """
    if not data.name or not data.is_dir():
        raise Invalid("The folder of the export is missing.", code="no_data", field="data",
                      hint="Name it: make try-migration DATA=path/to/salesforce_export")  # fmt: skip
    application: Application = context.obj
    told: list[tuple[Moved, int]] = []

    async def twice(door: Door) -> None:
        for _time in range(2):
            before = await _changes(door, workspace)
            moved = await _bring(door, workspace, "", "auto", data, (currency, region, True), False)
            told.append((moved, await _changes(door, workspace) - before))

    application.through_door(twice, company=data.name.replace("_", " ").title())
    (first, _written), (second, written) = told
    print_moved(first)
    click.echo(f"Changes written by bringing everything again: {written}")
    is_right = first.is_explained and second.is_explained and written == 0
    click.echo("Everything is accounted for." if is_right else "Something does not agree.")
    context.exit(0 if is_right else 1)


async def _changes(door: Door, workspace: str) -> int:
    from relata.engine.transfer.trials import changes

    return await door.run(workspace, None, changes, read_only=True)


async def _bring(
    door: Door, workspace: str, user: str, system: str, path: Path, said: tuple[str, str, bool], only_plan: bool
) -> Moved:
    from relata.engine.transfer.migration.export import recognised, unpacked
    from relata.engine.transfer.migration.planning import Options, plan
    from relata.engine.transfer.migration.running import Moved
    from relata.engine.transfer.migration.running import move_in as bring
    from relata.engine.transfer.sources import SOURCES
    from relata.interfaces.cli.transferring import person

    options = Options(currency=said[0], region=said[1], fields=said[2])
    with tempfile.TemporaryDirectory(prefix="relata-move-") as folder:
        export = recognised(unpacked(path, Path(folder)), SOURCES, "" if system == "auto" else system)
        if only_plan:
            return Moved(plan((await door.context(workspace)).registry, export, options))
        return await bring(door, workspace, await person(door, workspace, user), export, options)


def print_plan(moved: Moved) -> None:
    """What would become what."""
    for planned in moved.plan.tables:
        new = " (new)" if planned.made_object else ""
        click.echo(f"{planned.table.name}: {planned.rows:,} rows become {planned.object}{new}")
        for column, field in sorted(planned.fields_of.items()):
            click.echo(f"    {column} -> {field}")
        if planned.made_fields:
            click.echo(f"    new fields: {', '.join(field['name'] for field in planned.made_fields)}")
        if planned.left:
            click.echo(f"    left out: {', '.join(f'{name} ({why})' for name, why in planned.left.items())}")


def print_moved(moved: Moved) -> None:
    """What came of it, table by table, with each difference."""
    click.echo(f"{moved.plan.source.label}: {moved.made} objects, fields and options made")
    for report in moved.tables:
        _print_table(report)
    for did, count in moved.files.items():
        if count:
            click.echo(f"  files: {count:,} {did}")


def _print_table(report: TableReport) -> None:
    mark = "ok   " if report.is_explained else "WRONG"
    words = ("created", "updated", "skipped", "refused", "binned", "edited", "gone", "conflicts")
    done = ", ".join(f"{getattr(report, word):,} {word}" for word in words if getattr(report, word))
    here = f"{report.here:,} here as {report.object}"
    click.echo(f"{mark} {report.table}: {report.rows:,} rows, {here}; {done or 'same'}")
    for line in report.sums:
        if line.there or line.here:
            parts = ", ".join(f"{name} {amount:,f}" for name, amount in line.explained.items())
            rest = f", UNEXPLAINED {line.unexplained:,f}" if line.unexplained else ""
            told = f" ({parts}{rest})" if parts or rest else ""
            click.echo(f"      {line.column}: {line.there:,f} there, {line.here:,f} here{told}")
    for column, words_, rows in report.reasons[:_SHOWN]:
        click.echo(f"      {rows:,} rows, {column or 'whole row'}: {words_}")
    for column, rows in report.blank.items():
        click.echo(f"      {rows:,} rows, {column}: leads to nothing that is in the export")


def _json(moved: Moved) -> dict[str, Any]:
    return {
        "system": moved.plan.source.name, "made": moved.made, "is_explained": moved.is_explained,
        "tables": [one.json() for one in moved.tables], "files": moved.files,
    }  # fmt: skip
