"""Consent of a person at their mail provider (OAuth 2): which providers this installation is known to, and the way
there and back."""
