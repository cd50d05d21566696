"""Metrics: one word is one number. A definition with a name, an owner and versions, used by cards and reports."""
