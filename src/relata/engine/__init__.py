"""Objects, fields, actions and everything that serves them; not one business word."""
