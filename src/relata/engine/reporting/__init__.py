"""Reports, dashboards and snapshots: questions over many records, answered by the query engine."""
