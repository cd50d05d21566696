"""What a write consults before it happens: defaults, validation, visibility, assignment, matches at entry."""
