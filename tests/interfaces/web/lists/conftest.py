"""The same ground as the settings' tests, with saved views."""

from __future__ import annotations

import pytest
from tests.interfaces.web.settings.conftest import Browser as Browser
from tests.interfaces.web.settings.conftest import SignIn as SignIn
from tests.interfaces.web.settings.conftest import ada as ada
from tests.interfaces.web.settings.conftest import mails as mails
from tests.interfaces.web.settings.conftest import sign_in as sign_in

from relata.app.modules import discover
from relata.engine.metadata.module import Module


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """People, views and something to list."""
    return tuple(module for module in discover() if module.name in ("people", "views", "bulk", "exports", "parties"))
