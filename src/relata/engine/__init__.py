"""Objects, fields and actions for any subject: not one business word lives here."""
