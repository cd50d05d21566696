"""Screens without HTML: record pages, lists, boards and navigation as values that an interface draws."""
