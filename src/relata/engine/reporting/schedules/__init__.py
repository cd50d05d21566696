"""Dashboards and reports that go out by mail again and again, to each reader with their own numbers."""
