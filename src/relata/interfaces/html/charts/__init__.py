"""Charts drawn on the server: from a small description to SVG, for screens and, in fixed colours, for files."""
