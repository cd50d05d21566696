"""From where one may come into a workspace, and who needs a second factor there."""
