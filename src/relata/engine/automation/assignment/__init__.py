"""Who gets a record: rules in order, turns that are fair, queues, and an answer in time."""
