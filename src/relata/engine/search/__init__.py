"""Finding a record by its words, near duplicates, and what a person opened last."""
