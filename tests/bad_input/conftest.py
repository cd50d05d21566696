"""The whole product with an object that has a field of every type."""

from __future__ import annotations

import pytest
from tests.access.conftest import connect
from tests.interfaces.rest.specimen import MODULE, modules

from relata.engine.metadata.module import Module

__all__ = ["connect"]


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """Enough to have every type, links and a life-cycle."""
    return (*modules(), MODULE)
