"""Scores: how promising somebody is by what they are and by what they did, each point with its reason in a log."""
