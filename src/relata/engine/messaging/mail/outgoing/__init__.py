"""Mail that people write: drafts, what waits, what was sent, and what became of it."""
