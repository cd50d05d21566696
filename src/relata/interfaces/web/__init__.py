"""The application for staff, in a browser."""
