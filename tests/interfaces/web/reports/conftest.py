"""The same ground as for the settings, with everything that there is to report on."""

import pytest
from tests.interfaces.web.settings.conftest import ada, mails, sign_in

from relata.app.modules import discover
from relata.engine.metadata.module import Module

__all__ = ["ada", "mails", "sign_in"]


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """All of them."""
    return discover()
