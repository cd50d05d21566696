"""Views for other programs: what one person may read, as a schema of PostgreSQL with a user of its own."""
