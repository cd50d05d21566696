"""The same ground as the settings' tests."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser as Browser
from tests.interfaces.web.settings.conftest import SignIn as SignIn
from tests.interfaces.web.settings.conftest import house_modules as house_modules
from tests.interfaces.web.settings.conftest import mails as mails
from tests.interfaces.web.settings.conftest import sign_in as sign_in
