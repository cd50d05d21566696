"""Flows: what happens by itself when something happened. Data with versions, run by workers as a named person."""
