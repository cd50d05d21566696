"""Bulk changes: one wish for many records, with a preview, progress, a report and a way back."""
