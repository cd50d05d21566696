"""Attachments: their names, sizes and owners in the database, their bytes wherever they are kept."""
