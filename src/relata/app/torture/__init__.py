"""`relata torture`: mixed load while processes are killed at random, and what is left afterwards, counted."""
