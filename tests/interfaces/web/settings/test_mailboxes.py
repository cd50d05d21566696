"""Mailboxes in the settings: what is wrong is said at its field, and who sees which."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.testing.house import House
