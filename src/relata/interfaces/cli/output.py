"""How the command speaks: results on standard output, sentences about failure on standard error, exit codes.

0 done, 1 failed, 2 asked in the wrong way (also: a setting that is wrong).
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from typing import Any

import click

from relata.foundation.errors import RelataError


class Commands(click.Group):
    """A group whose commands tell every RelataError as a sentence. RELATA_DEBUG shows where it came from.

    later: commands by name, each as `package.module:attribute`; what they stand on is loaded when one is asked for, and
    the process that watches over the others stays light.
    """

    def __init__(self, *args: Any, later: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._later = dict(later or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._later.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place.partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except RelataError as error:
            if os.environ.get("RELATA_DEBUG"):
                raise
            tell(error)
            context.exit(2 if error.code == "setting" else 1)


def tell(error: RelataError) -> None:
    """Every problem in a line of its own, then what to do."""
    for message in [problem.message for problem in error.problems] or [error.message]:
        click.echo(message, err=True)
    if error.hint:
        click.echo(error.hint, err=True)


def print_json(value: object) -> None:
    """For programs: one document, keys as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """For people: columns as wide as their widest cell; the last one runs free."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
