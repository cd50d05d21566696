"""`relata report-files`: reports and dashboards as files in a folder, to keep them in git and to bring them back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relata.interfaces.cli.port import Application
from relata.interfaces.cli.transferring import user_option, workspace_option

if TYPE_CHECKING:
    from relata.engine.workspace.door import Door
    from relata.engine.workspace.workspace import Workspace


@click.group("report-files")
def report_files() -> None:
    """Reports and dashboards as files, for git."""


@report_files.command("save")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@workspace_option
@user_option
@click.pass_obj
def save(application: Application, folder: Path, workspace: str, user: str) -> None:
    """Write every report and dashboard that was made here into FOLDER, each as a file."""
    from relata.engine.reporting.files import all_files
    from relata.interfaces.cli.transferring import person

    async def ask(door: Door) -> dict[str, bytes]:
        return await door.run(workspace, await person(door, workspace, user), all_files, read_only=True)

    found = application.through_door(ask)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (folder / name).write_bytes(content)
    click.echo(f"{len(found)} files in {folder}.")


@report_files.command("load")
@click.argument("files", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@workspace_option
@user_option
@click.pass_obj
def load_files(application: Application, files: tuple[Path, ...], workspace: str, user: str) -> None:
    """Bring back FILES, or all in a folder: all of them, or none where one is refused."""
    from relata.engine.reporting.files import Kept, Loaded, load, named, read_file
    from relata.interfaces.cli.transferring import person

    paths = [path for one in files for path in (sorted(one.glob("*.json")) if one.is_dir() else [one])]
    kept: list[Kept] = []
    for path in paths:
        with named(path.name):
            kept.append(read_file(path.read_bytes()))

    async def ask(door: Door) -> list[Loaded]:
        async def write(work: Workspace) -> list[Loaded]:
            return await load(work, kept)

        return await door.run(workspace, await person(door, workspace, user), write, via="cli")

    for one in application.through_door(ask):
        click.echo(f"{one.did:8}{one.object:10} {one.name}")
