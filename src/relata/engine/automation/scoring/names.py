"""Names that the parts of scores share."""

from __future__ import annotations

ENTRY = "score_entry"
