"""`relata docs`: the generated reference."""

from __future__ import annotations

from pathlib import Path

import click

from relata.interfaces.cli.port import Application


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when a page is stale.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("docs/reference"),
    show_default=True,
    help="Where the pages are.",
)
@click.pass_context
def docs(context: click.Context, check: bool, folder: Path) -> None:
    """Write the reference from the help texts of objects, settings, commands and functions."""
    application: Application = context.obj
    wanted = application.reference()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.md")}
    changed = [path for path, text in wanted.items() if path not in there or (folder / path).read_text("utf-8") != text]
    left = sorted(there - set(wanted))
    if check:
        for path in (*changed, *left):
            click.echo(f"{folder / path} is stale; run make docs.", err=True)
        context.exit(1 if changed or left else 0)
    for path in changed:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(wanted[path], "utf-8")
        click.echo(f"Wrote {folder / path}")
    for path in left:
        (folder / path).unlink()
        click.echo(f"Removed {folder / path}")
