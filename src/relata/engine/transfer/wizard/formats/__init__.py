"""What people bring besides CSV: workbooks, JSON lines, vCards, calendars. Each becomes a plain CSV file once, and all
that comes after knows only CSV."""
