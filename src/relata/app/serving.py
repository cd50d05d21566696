"""Serves the web application with Granian: one main process that holds nothing, and as many web processes as set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from relata.app.collector import spare_the_collector
from relata.app.gate import wait_at_gate
from relata.app.settings import Settings
from relata.engine.jobs.lifeline import end_with_parent

if TYPE_CHECKING:
    from relata.interfaces.http.asgi import App

#: An open stream of events would hold a stop for ever.
_STOP_SECONDS = 2


def serve(settings: Settings, url: str) -> None:
    """Until SIGINT or SIGTERM. url: the database's; web processes find it in their environment."""
    os.environ["RELATA_DATABASE_URL"] = url
    end_with_parent()
    Server(
        "relata.app.serving:create_app_behind_gate",
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        ssl_cert=Path(settings.tls_certificate) if settings.tls_certificate else None,
        ssl_key=Path(settings.tls_key) if settings.tls_key else None,
        log_level=LogLevels.warning,
    ).serve()


def create_app_behind_gate() -> App:
    """The application of one web process: loaded at once, made when the database has been migrated."""
    from relata.app.web import create_app
    from relata.interfaces.http import logs

    end_with_parent()
    logs.configure(Settings.from_environment(os.environ).log_level.upper())
    wait_at_gate()
    app = create_app()
    spare_the_collector()
    return app
