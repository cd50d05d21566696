"""Many records at once: import, export, merge and bulk changes, told row by row."""
