"""What people bring besides CSV: workbooks, JSON lines, vCards. Each becomes a plain CSV file once, and everything
after that knows only CSV."""
