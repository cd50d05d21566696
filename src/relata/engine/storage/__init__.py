"""Tables for metadata: connections and transactions, DDL by a change planner, the system's own tables."""
