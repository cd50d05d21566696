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
from relata.interfaces.cli.port import Application, Database, Prepared
from relata.interfaces.cli.signals import Signals

#: The database gets what is left of the five seconds in which everything stops.
_CHILDREN_SECONDS = 3.0


def run_everything(application: Application) -> None:
    """Returns when it was told to stop and everything has. Raises RelataError when it can't start or go on."""
    application.check_secure()
    check_port_is_free(application.host, application.port)
    with Signals() as signals, tempfile.TemporaryDirectory(prefix="relata-run-") as folder:
        gate = Path(folder) / "migrated.json"
        told = {"RELATA_DATABASE_URL": application.database_url, "RELATA_GATE": str(gate), "RELATA_SUPERVISED": "1"}
        environment = {**os.environ, **application.environment, **told}
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
        prepared = _prepared_behind(gate, worker, signals)
        _watch(application, database, signals, (web, worker), prepared)
        click.echo("\nStopping; Ctrl-C again stops at once.")
        stop_all((web, worker), _CHILDREN_SECONDS)
    finally:  # before the database stops
        web.kill()
        worker.kill()


def _prepared_behind(gate: Path, worker: Child, signals: Signals) -> Prepared:
    """Waits until the database is migrated; how to come in."""
    while not gate.exists():
        if signals.stop_wanted:
            return Prepared((), None)
        if not worker.is_running:
            raise Unavailable(
                "The database could not be brought to this version; the messages above say why.", code="migrate"
            )
        signals.wait(0.02)
    return Prepared(**json.loads(gate.read_text()))


def _watch(
    application: Application, database: Database, signals: Signals, children: Sequence[Child], prepared: Prepared
) -> None:
    """Until a stop is wanted: keeps everything running, and says once where it is to be found."""
    is_announced = False
    while not signals.stop_wanted:
        again = database.revive()
        pauses = [pause for child in children if (pause := child.revive()) is not None]
        pauses += [again] if again is not None else []
        if not is_announced:
            is_announced = answers(application.host, application.port)
            if is_announced:
                _announce(application, prepared)
            else:
                pauses.append(0.03)
        signals.wait(min(pauses, default=None))


def _announce(application: Application, prepared: Prepared) -> None:
    click.echo(f"\nRelata {application.version} runs at {application.address}")
    if prepared.setup_link:
        click.echo(f"Make the first account: {prepared.setup_link}\nWhoever has this link can do so, once.")
    if prepared.notice:
        click.echo(prepared.notice)
    click.echo("Ctrl-C stops it.\n")
