"""What we do with customers: tasks, calls, meetings, notes."""
