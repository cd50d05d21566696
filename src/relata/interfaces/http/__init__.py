"""What every HTTP interface shares: sessions, limits, and the table from kinds of error to status codes."""
