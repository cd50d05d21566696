"""What stands over a page that could not be shown: what happened, not a protocol's word for it."""

from __future__ import annotations

from relata.foundation.i18n import gettext as _


def heading(status: int) -> str:
    """The heading of an error page, in the reader's language."""
    known = {
        403: _("This is not yours to see"), 404: _("Nothing here"), 409: _("Not possible now"),
        410: _("This link has ended"), 413: _("Too large"), 422: _("This does not fit"), 429: _("Too many at once"),
        503: _("Not available right now"), 507: _("No room left"),
    }  # fmt: skip
    return known.get(status, _("Something went wrong") if status >= 500 else _("This does not work"))
