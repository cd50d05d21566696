"""Exports that a worker writes: begun by a person, left alone, fetched for a day."""
