"""Alerts: somebody is told when a metric passes a mark, and also when it can't be read any more."""
