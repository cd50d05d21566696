"""The commands of `relata`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from relata.interfaces.cli.archive import backup, restore
from relata.interfaces.cli.filing import files
from relata.interfaces.cli.output import Commands, json_option, print_json, print_table
from relata.interfaces.cli.port import BENCH_SIZES, Application
from relata.interfaces.cli.proving import erase, keys, verify
from relata.interfaces.cli.recovering import archive, recover
from relata.interfaces.cli.run import run_everything

#: Commands that need the engine: it is loaded when one of them is called.
LATER = {
    "import": "relata.interfaces.cli.transferring:import_file",
    "export": "relata.interfaces.cli.transferring:export_file",
    "exports": "relata.interfaces.cli.exports:exports",
    "try-real": "relata.interfaces.cli.trying:try_real",
    "move-in": "relata.interfaces.cli.moving:move_in",
    "move-out": "relata.interfaces.cli.moving:move_out",
    "try-migration": "relata.interfaces.cli.moving:try_migration",
    "report-files": "relata.interfaces.cli.report_files:report_files",
    "try-reports": "relata.interfaces.cli.trying_reports:try_reports",
    "config": "relata.interfaces.cli.configuring:config",
    "workspace": "relata.interfaces.cli.workspaces:workspace",
    "records": "relata.interfaces.cli.records:records",
    "action": "relata.interfaces.cli.actions:action",
    "objects": "relata.interfaces.cli.objects:objects",
    "search": "relata.interfaces.cli.finding:search",
    "user": "relata.interfaces.cli.people:user",
    "bi": "relata.interfaces.cli.bi:bi",
    "apikey": "relata.interfaces.cli.api_keys:apikey",
    "docs": "relata.interfaces.cli.reference:docs",
    "explain": "relata.interfaces.cli.explaining:explain",
}


@click.group(cls=Commands, later=LATER, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Relata: sales, marketing and service over one database of customers.

    Settings are environment variables, listed by `relata settings`.
    """


@cli.command()
@click.pass_obj
def run(application: Application) -> None:
    """Start everything: the database, migrations, web and worker. Ctrl-C stops it."""
    run_everything(application)


@cli.command()
@click.pass_obj
def demo(application: Application) -> None:
    """Start a furnished small company, beside the real data and apart from it. Ctrl-C stops it."""
    run_everything(application.demo())


@cli.command()
@click.pass_obj
def serve(application: Application) -> None:
    """Serve the web application alone."""
    application.serve()


@cli.command()
@click.option("--gate", type=click.Path(path_type=Path), hidden=True, help="Migrate first, then write to this file.")
@click.pass_obj
def worker(application: Application, gate: Path | None) -> None:
    """Work through the queue of jobs alone."""
    application.work(gate)


@cli.command()
@json_option
@click.pass_obj
def migrate(application: Application, as_json: bool) -> None:
    """Bring the database to this version; safe to repeat, also while the previous version serves."""
    prepared = application.prepare()
    if as_json:
        print_json(asdict(prepared))
        return
    for name in prepared.migrations:
        click.echo(f"Applied {name}")
    click.echo("The database is up to date.")
    if prepared.setup_link:
        click.echo(f"Make the first account: {prepared.setup_link}")


@cli.command()
@json_option
@click.pass_obj
def settings(application: Application, as_json: bool) -> None:
    """Every setting: its value, what it would be if nobody set it, and what it is for."""
    lines = application.settings()
    if as_json:
        names = ("name", "value", "default", "help", "is_set")
        print_json([{name: getattr(line, name) for name in names} for line in lines])
        return
    for line in lines:
        default = f" (default: {line.default})" if line.is_set and line.default else ""
        click.echo(f"{line.name}={line.value}{default}\n    {line.help}")


@cli.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it; exit code 1 when something is."""
    findings = context.obj.findings()
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_table([("ok" if each.is_ok else "WRONG", each.check, each.found) for each in findings])
        for each in findings:
            if not each.is_ok:
                click.echo(f"{each.check}: {each.remedy}")
    context.exit(0 if all(each.is_ok for each in findings) else 1)


@cli.command()
@json_option
@click.pass_obj
def version(application: Application, as_json: bool) -> None:
    """Print the version."""
    if as_json:
        print_json({"version": application.version})
    else:
        click.echo(application.version)


@cli.command()
@click.option("--size", type=click.Choice(BENCH_SIZES), default="10k", show_default=True, help="How many contacts.")
@click.option("--only", default="", help="Words between commas: parts whose names begin with one of them.")
@click.option("--quick", is_flag=True, help="Fewer activities, shorter rounds: for a look, not for a record.")
@click.option("--lean", is_flag=True, help="Contacts and accounts alone, built fast: for 10m and what costs compare.")
@click.option("--ui", is_flag=True, help="In a browser, too: clicks to paint, cold pages, what travels.")
@click.option("--keep", is_flag=True, help="Leave the data behind and say where.")
@click.option("--home", default="", help="Measure over the data that an earlier run kept.")
@click.option("--matching", default="", help="Instead: how well duplicates are found in the labelled sets of a folder.")
@click.option("--strict", is_flag=True, help="Exit code 1 where a target is missed, such as no scan with --only plans.")
@json_option
@click.pass_context
def bench(
    context: click.Context, size: str, only: str, quick: bool, lean: bool, ui: bool, keep: bool, home: str,
    matching: str, strict: bool, as_json: bool,
) -> None:  # fmt: skip
    """Measure what is promised, each figure beside its floor, over a synthetic company of its own."""
    words = tuple(word.strip() for word in only.split(",") if word.strip())
    if ui:
        words = (*words, "ui")
    if matching:
        found = context.obj.bench_matching(matching)
    else:
        found = context.obj.bench(size, only=words, quick=quick, keep=keep, home=home, lean=lean)
    if as_json:
        print_json(found.json())
    else:
        print_table(found.lines())
    context.exit(1 if strict and not found.holds else 0)


@cli.command(hidden=True)
@click.option("--minutes", default=2.0, show_default=True, help="How long the load goes on.")
@click.option("--clients", default=50, show_default=True, help="How many work at once, over HTTP.")
@click.option("--seed", type=int, default=None, help="The same seed kills in the same order.")
@click.option("--between", default=6.0, show_default=True, help="Seconds between a recovery and the next kill.")
@click.option("--flows", default=0, help="Instead: so many runs of a flow, while workers are killed.")
@click.option("--mail", default=0, help="Instead: so many messages in 20 mailboxes, while workers are killed.")
@click.option("--mailing", default=0, help="Instead: a mailing to so many, whose server falls silent at times.")
@click.option("--faults", is_flag=True, help="Instead: a full disk, no connections, a silent database; needs root.")
@click.option("--keep", is_flag=True, help="Leave the installation behind, also where every promise was kept.")
@json_option
@click.pass_context
def torture(
    context: click.Context,
    minutes: float,
    clients: int,
    seed: int | None,
    between: float,
    flows: int,
    mail: int,
    mailing: int,
    faults: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Kill an installation of its own at random under load, and prove that nothing was lost; exit code 1 if it was."""
    found = context.obj.torture(
        minutes=minutes, clients=clients, seed=seed, between=between, keep=keep, flows=flows, mail=mail, faults=faults,
        mailing=mailing,
    )  # fmt: skip
    if as_json:
        print_json(found.json())
    else:
        click.echo("\n".join(found.lines()))
    context.exit(0 if found.holds else 1)


for command in (backup, restore, archive, recover, verify, erase, keys, files):
    cli.add_command(command)
