"""The same ground as for the settings."""

from tests.interfaces.web.settings.conftest import ada, house_modules, mails, sign_in

__all__ = ["ada", "house_modules", "mails", "sign_in"]
