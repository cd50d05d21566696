"""The whole product over the test company."""

from __future__ import annotations

from tests.access.conftest import connect

__all__ = ["connect"]
