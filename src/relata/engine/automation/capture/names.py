"""Names that the parts of capture forms share."""

from __future__ import annotations

FORM, SUBMISSION = "capture_form", "form_submission"
#: What a link says about where somebody comes from; of the same names on submissions and on records that have them.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
#: Path of the public pages.
PLACE = "/f"
