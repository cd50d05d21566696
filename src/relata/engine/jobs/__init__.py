"""Work that outlives a request: a durable queue and schedules, kept in PostgreSQL."""
