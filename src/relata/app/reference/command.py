"""The command `relata`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from relata.app.reference.markdown import code, table
from relata.interfaces.cli.commands import cli


def page() -> str:
    """Every command with its arguments and options."""
    head = (
        "# The command\n\nExit codes: 0 done, 1 failed (a sentence on standard error says why), 2 asked in the wrong "
        "way. `--json` prints one JSON document for programs.\n"
    )
    return head + "".join(_sections(cli, click.Context(cli, info_name="relata")))


def _sections(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        yield _section(command, inner)
        if isinstance(command, click.Group):
            yield from _sections(command, inner)


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join(command.collect_usage_pieces(context))
    records = [
        record
        for option in command.params
        if not isinstance(option, click.Argument)
        and option.name != "help"
        and (record := option.get_help_record(context)) is not None
    ]
    rows = [(code(names), text) for names, text in records]
    options = f"\n{table(('Option', 'What it does'), rows)}" if rows else ""
    return f"\n## {context.command_path}\n\n`{context.command_path} {usage}`\n\n{_prose(command.help or '')}\n{options}"


def _prose(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())
