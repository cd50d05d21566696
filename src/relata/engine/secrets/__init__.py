"""Keys: master keys from outside, the workspace's own wrapped under them, one for each record with personal values."""
