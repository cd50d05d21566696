"""`relata run`: database, migrations, web and worker under one light process that watches over them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from relata.foundation.errors import Unavailable
from relata.interfaces.cli.children import Child, stop_all
from relata.interfaces.cli.listening import answers, check_port_is_free
from relata.interfaces.cli.port import Application, Database
from relata.interfaces.cli.signals import Signals

#: The database gets what is left of the five seconds in which everything stops.
_CHILDREN_SECONDS = 3.0


def run_everything(application: Application) -> None:
    """Returns when it was told to stop and everything has. Raises RelataError when it can't start or go on."""
    check_port_is_free(application.host, application.port)
    with Signals() as signals, tempfile.TemporaryDirectory(prefix="relata-run-") as folder:
        gate = Path(folder) / "migrated.json"
        environment = os.environ | {
            "RELATA_DATABASE_URL": application.database_url,
            "RELATA_GATE": str(gate),
            "RELATA_SUPERVISED": "1",
        }
        web = Child("web", application.command("serve"), environment)
        worker = Child("worker", application.command("worker", "--gate", str(gate)), environment)
        try:
            web.start()  # loads its code, which takes longest, and serves when the gate is there
            with application.database() as database:
                _live(application, database, signals, web, worker, gate)
        except KeyboardInterrupt:
            click.echo("Stopped at once.", err=True)
        finally:
            web.kill()


def _live(
    application: Application, database: Database, signals: Signals, web: Child, worker: Child, gate: Path
) -> None:
    """From the start of the worker, which migrates first as it needs the same code anyway, to the end of both."""
    try:
        worker.start()
        link = _link_behind(gate, worker, signals)
        _watch(application, database, signals, (web, worker), link)
        click.echo("\nStopping; Ctrl-C again stops at once.")
        stop_all((web, worker), _CHILDREN_SECONDS)
    finally:  # before the database stops
        web.kill()
        worker.kill()


def _link_behind(gate: Path, worker: Child, signals: Signals) -> str | None:
    """Waits until the database is migrated; the link for the first account."""
    while not gate.exists():
        if signals.stop_wanted:
            return None
        if not worker.is_running:
            raise Unavailable(
                "The database could not be brought to this version; the messages above say why.", code="migrate"
            )
        signals.wait(0.02)
    link: str | None = json.loads(gate.read_text())["setup_link"]
    return link


def _watch(
    application: Application, database: Database, signals: Signals, children: Sequence[Child], link: str | None
) -> None:
    """Until a stop is wanted: keeps everything running, and says once where it is to be found."""
    is_announced = False
    while not signals.stop_wanted:
        database.revive()
        pauses = [pause for child in children if (pause := child.revive()) is not None]
        if not is_announced:
            is_announced = answers(application.host, application.port)
            if is_announced:
                _announce(application, link)
            else:
                pauses.append(0.03)
        signals.wait(min(pauses, default=None))


def _announce(application: Application, link: str | None) -> None:
    click.echo(f"\nRelata {application.version} runs at {application.address}")
    if link:
        click.echo(f"Make the first account: {link}\nWhoever has this link can do so, once.")
    click.echo("Ctrl-C stops it.\n")
