"""How well duplicates are found, over sets of records of which it is known who is who."""
