"""The change log: one row per record change is history, outbox and feed at once."""
