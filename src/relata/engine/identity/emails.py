"""The address by which a person signs in, in its one written form."""

from __future__ import annotations

import email_validator

from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

MAX_LENGTH = 254


def normalised(address: str) -> str:
    """The address in lower case, its domain as people write it; Invalid if it can't be one. Asks no network.

    Domains of a company's own network, such as `.local`, are fine.
    """
    try:
        found = email_validator.validate_email(
            address.strip(), check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except email_validator.EmailNotValidError as error:
        raise Invalid(
            _("This is not an e-mail address."),
            code="invalid_email",
            field="email",
            hint=_("Write it as name@company.com."),
        ) from error
    return found.normalized.lower()


def looked_up(address: str) -> str:
    """The form to look an account up by; never raises, so that nonsense takes the way of an unknown address."""
    try:
        return normalised(address)
    except Invalid:
        return address.strip().lower()[:MAX_LENGTH].replace("\x00", "")
