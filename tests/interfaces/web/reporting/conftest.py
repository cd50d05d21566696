"""The same ground as the settings' tests, with something to count."""

from __future__ import annotations

import pytest
from tests.interfaces.web.settings.conftest import Browser as Browser
from tests.interfaces.web.settings.conftest import SignIn as SignIn
from tests.interfaces.web.settings.conftest import ada as ada
from tests.interfaces.web.settings.conftest import mails as mails
from tests.interfaces.web.settings.conftest import sign_in as sign_in

from relata.app.modules import discover
from relata.engine.metadata.module import Module

_NAMES = ("people", "views", "desks", "collaboration", "dashboards", "currencies", "parties")


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """People, dashboards and accounts."""
    return tuple(module for module in discover() if module.name in _NAMES)
