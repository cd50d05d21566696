"""`relata try-reports`: reports over a published data set, each beside SQL that was written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application
from relata.interfaces.cli.transferring import workspace_option
from relata.interfaces.cli.trying import plan_folder

if TYPE_CHECKING:
    from relata.engine.reporting.trying import Compared
    from relata.engine.workspace.door import Door


@click.command("try-reports")
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--plan", type=click.Path(path_type=Path), help="The folder with reports.toml; else examples/ and the data's name."
)
@workspace_option
@json_option
@click.pass_context
def try_reports(context: click.Context, data: Path, plan: Path | None, workspace: str, as_json: bool) -> None:
    """Import a data set if it is not there yet, and compare its reports with SQL. Exit code 1 when one disagrees.

    DATA is the folder of the data set, such as maven_crm_sales.
    """
    folder = plan_folder(data, plan)
    application: Application = context.obj
    findings: list[Compared] = []

    async def ask(door: Door) -> None:
        from relata.engine.reporting.trying import compare, load
        from relata.engine.transfer.trials import bring

        trials = load(folder / "reports.toml")
        await bring(door, workspace, None, folder, data)
        async for found in compare(door, workspace, None, trials):
            findings.append(found)
            if not as_json:
                _print(found)

    application.through_door(ask, company=data.name.replace("_", " ").title())
    wrong = [found for found in findings if not found.is_right]
    if as_json:
        print_json([{"says": one.says, "rows": one.rows, "differs": list(one.differs)} for one in findings])
    else:
        all_agree = f"All {len(findings)} reports agree with their SQL."
        click.echo(f"{len(wrong)} of {len(findings)} reports disagree." if wrong else all_agree)
    context.exit(1 if wrong else 0)


def _print(found: Compared) -> None:
    click.echo(f"{'ok   ' if found.is_right else 'WRONG'} {found.says}: {found.rows} rows")
    for line in found.differs:
        click.echo(f"      {line}")
