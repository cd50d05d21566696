"""Fetching addresses that somebody typed: the one guarded client through which such a request leaves the house."""
