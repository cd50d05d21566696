"""`relata try-real`: a published data set through the product's own import, and whether the product then agrees with
it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relata.foundation.errors import Invalid
from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application
from relata.interfaces.cli.transferring import print_report, workspace_option

if TYPE_CHECKING:
    from relata.engine.transfer.trials import Finding
    from relata.engine.workspace.door import Door


@click.command("try-real")
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--plan", type=click.Path(path_type=Path), help="The folder with import.toml; else examples/ and the data's name."
)
@workspace_option
@json_option
@click.pass_context
def try_real(context: click.Context, data: Path, plan: Path | None, workspace: str, as_json: bool) -> None:
    """Import a data set twice with the mappings of an example, and compare the totals. Exit code 1 when one disagrees.

    DATA is the folder of the data set, such as maven_crm_sales.
    """
    folder = plan_folder(data, plan)
    application: Application = context.obj
    findings: list[Finding] = []

    async def bring(door: Door) -> None:
        from relata.engine.transfer.trials import run_trial

        async for finding in run_trial(door, workspace, None, folder, data):
            findings.append(finding)
            if not as_json:
                _print(finding)

    application.through_door(bring, company=data.name.replace("_", " ").title())
    wrong = [finding for finding in findings if not finding.is_right]
    if as_json:
        print_json([_json(finding) for finding in findings])
    else:
        click.echo(
            f"{len(wrong)} of {len(findings)} comparisons disagree."
            if wrong
            else f"All {len(findings)} comparisons agree."
        )
    context.exit(1 if wrong else 0)


def plan_folder(data: Path, plan: Path | None) -> Path:
    """The folder of the plan; Invalid says what is missing."""
    if not data.name or not data.is_dir():
        shown = f"There is no folder {data}." if data.name else "The folder of the data set is missing."
        raise Invalid(shown, code="no_data", field="data", hint="Name it: make try-real DATA=path/to/maven_crm_sales")
    places = [plan] if plan else [Path("examples") / data.resolve().name, _beside_the_code() / data.resolve().name]
    found = next((place for place in places if (place / "import.toml").is_file()), None)
    if found is None:
        raise Invalid(
            f"There is no example for {data.resolve().name}.",
            code="no_plan",
            field="plan",
            hint="Give one with --plan.",
        )
    return found


def _beside_the_code() -> Path:
    return Path(__file__).resolve().parents[4] / "examples"


def _print(finding: Finding) -> None:
    mark = "ok   " if finding.is_right else "WRONG"
    wanted = "" if finding.is_right else f" (expected {finding.expected})"
    click.echo(f"{mark} {finding.says}: {finding.found}{wanted}")
    if finding.report is not None:
        print_report(finding.report)


def _json(finding: Finding) -> dict[str, object]:
    plain = {name: value for name, value in asdict(finding).items() if name != "report"}
    return {**plain, "is_right": finding.is_right, "report": finding.report.json() if finding.report else None}
