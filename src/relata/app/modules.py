"""Which modules there are: every folder under `relata/modules` with a `module.py`, found and never listed by hand."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

import relata.modules
from relata.engine.automation.approvals.module import MODULE as APPROVALS
from relata.engine.automation.assignment.objects import MODULE as ASSIGNMENT
from relata.engine.automation.capture.objects import MODULE as CAPTURE
from relata.engine.automation.flows.module import MODULE as FLOWS
from relata.engine.automation.scoring.objects import MODULE as SCORING
from relata.engine.automation.webhooks.objects import MODULE as WEBHOOKS
from relata.engine.automation.working_time.objects import MODULE as WORKING_TIME
from relata.engine.collaboration.module import MODULE as COLLABORATION
from relata.engine.identity.objects import MODULE as PEOPLE
from relata.engine.messaging.mail.module import MODULE as MAIL
from relata.engine.messaging.mail.outgoing.module import MODULE as MAIL_OUT
from relata.engine.metadata.module import Module
from relata.engine.reporting.dashboards.module import MODULE as DASHBOARDS
from relata.engine.reporting.rates import MODULE as CURRENCIES
from relata.engine.transfer.bulk.objects import MODULE as BULK
from relata.engine.transfer.configuration.objects import MODULE as CONFIGURATION
from relata.engine.transfer.handing_over.objects import MODULE as HANDING_OVER
from relata.engine.transfer.migration.objects import MODULE as MOVING
from relata.engine.transfer.wizard.objects import MODULE as IMPORTS
from relata.engine.ui.board_objects import MODULE as BOARDS
from relata.engine.ui.desk_objects import MODULE as DESKS
from relata.engine.ui.exports.objects import MODULE as EXPORTS
from relata.engine.ui.objects import MODULE as VIEWS
from relata.foundation.errors import NotFound

#: The engine's own, without which no screen stands.
ENGINE = (
    PEOPLE, COLLABORATION, VIEWS, BOARDS, DESKS, BULK, IMPORTS, HANDING_OVER, WORKING_TIME, ASSIGNMENT, APPROVALS,
    CURRENCIES, FLOWS, WEBHOOKS, CAPTURE, SCORING, DASHBOARDS, MAIL, MAIL_OUT, MOVING, CONFIGURATION,
    EXPORTS,
)  # fmt: skip


def discover(*extra: str) -> tuple[Module, ...]:
    """The engine's own modules and all business modules, by name. extra: folders that start with `_`, asked for by
    name; they are examples, and no installation has them otherwise."""
    folders = [found.name for found in pkgutil.iter_modules(relata.modules.__path__) if not found.name.startswith("_")]
    return (*ENGINE, *(load(folder) for folder in dict.fromkeys((*folders, *extra))))


def load(folder: str) -> Module:
    """The MODULE of one folder; NotFound if there is no such folder."""
    name = f"{relata.modules.__name__}.{folder}.module"
    try:
        module: Module = importlib.import_module(name).MODULE
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        raise NotFound(f"There is no module in the folder {folder[:60]}.", code="unknown_module") from None
    return module


def with_dependencies(module: Module, known: Iterable[Module]) -> tuple[Module, ...]:
    """The module and whatever it needs, directly or not, out of `known`; what is missing there is left out."""
    by_name = {one.name: one for one in known}
    needed: dict[str, Module] = {}
    waiting = [module]
    while waiting:
        one = waiting.pop()
        needed[one.name] = one
        waiting.extend(by_name[name] for name in one.depends if name in by_name and name not in needed)
    return tuple(needed.values())
