"""The command `relata`. It receives the application as a port, so it needs no import of the wiring."""
