"""The business: one folder for each subject, declarations first. Modules meet only at their contracts."""
