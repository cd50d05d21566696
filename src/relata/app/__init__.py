"""Wiring: the only package that sees everything. Settings, start-up, and which parts are plugged into which."""
