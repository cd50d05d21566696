"""THE door: every read and write, from any interface, as one actor in one transaction."""
