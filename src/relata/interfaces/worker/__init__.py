"""The process that takes jobs from the queue and runs them."""
