"""Where a process begins: `relata` with the application plugged into it."""

from __future__ import annotations

from relata.app.application import Relata
from relata.interfaces.cli.commands import cli


def main() -> None:
    """Runs the command line of this process and exits with its code."""
    cli(obj=Relata(), prog_name="relata")
