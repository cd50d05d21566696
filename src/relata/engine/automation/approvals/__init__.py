"""Approvals: what must be agreed to before it counts, by whom, in which order, until when."""
