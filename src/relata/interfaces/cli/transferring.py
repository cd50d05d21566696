"""`relata import` and `relata export`. What they stand on is imported when they run: every command pays for this
file."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from uuid import UUID

import click

from relata.foundation.errors import Invalid
from relata.interfaces.cli.output import json_option, print_json
from relata.interfaces.cli.port import Application

if TYPE_CHECKING:
    from relata.engine.files.store import FileStore
    from relata.engine.query.request import Query
    from relata.engine.transfer.mapping import Mapping
    from relata.engine.transfer.packing import Packed
    from relata.engine.transfer.report import Note, Report
    from relata.engine.ui.exports.wish import Form, Wish
    from relata.engine.workspace.door import Door

#: Remarks that are printed for people; all of them go to --report.
_SHOWN = 20
workspace_option = click.option("--workspace", default="main", show_default=True, help="The workspace's key.")
user_option = click.option("--user", default="", help="Act as the person with this e-mail address; else as the system.")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="The mapping, TOML or JSON.")
@click.option(
    "--object", "object_name", default="", help="Without a mapping: the object whose fields the header names."
)
@click.option("--match", default="", help="Without a mapping: fields to match by, with commas between them.")
@click.option("--dry-run", is_flag=True, help="Do everything, tell everything, keep nothing.")
@click.option("--resume", type=click.UUID, help="Go on with an import that was interrupted.")
@click.option("--report", "report_path", type=click.Path(path_type=Path), help="Write every remark to this CSV file.")
@workspace_option
@user_option
@json_option
@click.pass_context
def import_file(
    context: click.Context, file: Path, map_path: Path | None, object_name: str, match: str, dry_run: bool,
    resume: UUID | None, report_path: Path | None, workspace: str, user: str, as_json: bool,
) -> None:  # fmt: skip
    """Import a CSV file. Exit code 1 when a row was refused; all others are in, and running it again changes
    nothing."""
    from relata.engine.transfer.importing import Options, run_import

    application: Application = context.obj
    with ExitStack() as stack:
        remarks = (
            _remarks(stack.enter_context(report_path.open("w", newline="", encoding="utf-8"))) if report_path else None
        )
        options = Options(dry_run, resume, None if as_json else _progress(), remarks)

        async def bring(door: Door) -> Report:
            mapping = await _mapping(door, workspace, file, map_path, object_name, match)
            return await run_import(door, workspace, await person(door, workspace, user), file, mapping, options)

        report = application.through_door(bring)
    if as_json:
        print_json(report.json())
    else:
        click.echo("", err=True)
        print_report(report)
    context.exit(0 if report.is_complete else 1)


@click.command("export")
@click.argument("object_name", metavar="OBJECT")
@click.option("--where", default="", help='Which records, such as: status = "won" and amount > 1000.')
@click.option("--fields", default="", help="Which fields, with commas between them, such as: name,account.name,amount.")
@click.option("--order", default="", help="How to sort them, such as: -amount,name.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "xlsx", "parquet", "zip"]),
    default="csv",
    show_default=True,
    help="jsonl: all fields; zip: also what points at these, files, history. Only csv and jsonl need no --output.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write; else standard output.")
@click.option("--resume", is_flag=True, help="Go on with the file of an export that broke off.")
@click.option("--later", is_flag=True, help="Have a worker write it, for --user; `relata exports` fetches it.")
@workspace_option
@user_option
@click.pass_obj
def export_file(
    application: Application, object_name: str, where: str, fields: str, order: str, form: str, output: Path | None,
    resume: bool, later: bool, workspace: str, user: str,
) -> None:  # fmt: skip
    """Export records: as CSV, without --fields, everything that an import can bring back."""
    from relata.engine.formula import parse
    from relata.engine.query.request import Query, parse_order
    from relata.engine.transfer.exporting import export_records
    from relata.engine.transfer.resuming import cut

    names = tuple(name.strip() for name in fields.split(",") if name.strip())
    query = Query(object_name, parse(where) if where else None, parse_order(order), names)

    if later:
        from relata.engine.ui.exports.wish import Wish
        from relata.interfaces.cli.exports import begin

        wish = Wish(object_name, _form(form), where, order, names, history=form == "zip")
        click.echo(application.through_store(lambda door, store: begin(door, store, workspace, user, wish)))
        return

    if form == "zip":
        if output is None:
            raise Invalid("A ZIP needs a file.", code="required", field="output", hint="Give --output.")
        packed = application.through_store(lambda door, store: _pack(door, store, workspace, user, query, output))
        for name, rows in packed.rows.items():
            click.echo(f"{name}: {rows:,}", err=True)
        click.echo(f"files: {packed.files:,}" + (f", lost: {packed.lost:,}" if packed.lost else ""), err=True)
        return

    if form in ("parquet", "xlsx"):
        if output is None or resume:
            raise Invalid("This needs a file of its own.", code="required", field="output", hint="Give --output.")
        from relata.engine.ui.exports.wish import Wish

        whole = Wish(object_name, _form(form), where, order, names)
        application.through_store(lambda door, store: _whole(door, store, workspace, user, whole, output))
        return

    after, mode = None, "w"
    if resume:
        if output is None or not output.exists():
            raise Invalid("There is no file to go on with.", code="required", field="output", hint="Give --output.")
        after, mode = cut(output, form), "a"

    async def write(door: Door) -> None:
        pieces = export_records(door, workspace, await person(door, workspace, user), query, form, after=after)
        with ExitStack() as stack:
            first = await anext(pieces, "")  # what can't be exported must not empty the file
            target = stack.enter_context(output.open(mode, newline="", encoding="utf-8")) if output else sys.stdout
            target.write(first)
            async for piece in pieces:
                target.write(piece)

    application.through_door(write)


def _form(text: str) -> Form:
    from relata.engine.ui.exports.wish import FORMS

    return next(one for one in FORMS if one == text)


async def _whole(door: Door, store: FileStore, workspace: str, user: str, wish: Wish, output: Path) -> None:
    from relata.engine.ui.exports.writing import written

    pieces = written(door, workspace, await person(door, workspace, user), store, wish)
    first = await anext(pieces)  # what can't be exported must not empty the file
    with output.open("wb") as target:
        target.write(first)
        async for piece in pieces:
            target.write(piece)


async def _pack(door: Door, store: FileStore, workspace: str, user: str, query: Query, output: Path) -> Packed:
    from relata.engine.transfer.packing import pack

    return await pack(door, workspace, await person(door, workspace, user), store, query, output, history=True)


async def _mapping(
    door: Door, workspace: str, file: Path, map_path: Path | None, object_name: str, match: str
) -> Mapping:
    from relata.engine.transfer import mapping
    from relata.engine.transfer.csv_reader import CsvFile
    from relata.engine.transfer.guessing import guess

    if map_path is not None:
        return mapping.load(map_path)
    if not object_name:
        raise Invalid(
            "Say how the columns become fields.",
            code="no_map",
            hint="Give --map, or --object for a file with our names.",
        )
    one = (await door.context(workspace)).registry.get(object_name)
    return guess(one, CsvFile(file).columns, match=tuple(name.strip() for name in match.split(",") if name.strip()))


async def person(door: Door, workspace: str, email: str) -> UUID | None:
    """The id of whoever has this address; None for none, which is the system. Invalid for an unknown one."""
    if not email:
        return None
    async with door.open(workspace, None, read_only=True) as work:
        found = await work.first("user", email=email.lower())
    if found is None:
        raise Invalid("Nobody with this address works here.", code="unknown_user", field="user", hint="Check --user.")
    return found.id


def print_report(report: Report) -> None:
    """For people: counts, what was remarked how often, and the first rows that were refused."""
    counts = report.counts
    words = ("created", "updated", "unchanged", "skipped", "refused")
    done = ", ".join(f"{counts[word]:,} {word}" for word in words if counts[word])
    click.echo(f"{counts['rows']:,} rows: {done or 'nothing'}")
    for kind, rows in report.tally.most_common(_SHOWN):
        column, _, severity = kind
        examples = report.examples[kind]
        numbers = ", ".join(str(note.row) for note in examples) + (", …" if rows > len(examples) else "")
        click.echo(f"  {rows:,} {severity}, {column or 'whole row'}: {examples[0].message} (row {numbers})")
    if report.is_dry_run:
        click.echo("This was a dry run: nothing was kept.")
    else:
        click.echo(f"Import {report.id}")


def _progress() -> Callable[[Report], None]:
    """Says once how to go on after an interruption, then how far it has come."""
    told: set[UUID] = set()

    def tell(report: Report) -> None:
        if not report.is_dry_run and report.id not in told:
            told.add(report.id)
            click.echo(f"If this is interrupted, it goes on with --resume {report.id}", err=True)
        click.echo(f"\r{report.counts['rows']:,} rows", nl=False, err=True)

    return tell


def _remarks(file: TextIO) -> Callable[[Sequence[Note]], None]:
    names = ("row", "line", "severity", "code", "column", "field", "did", "message")
    writer = csv.writer(file)
    writer.writerow(names)

    def write(notes: Sequence[Note]) -> None:
        writer.writerows([getattr(note, name) for name in names] for note in notes)

    return write
