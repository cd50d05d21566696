"""Keys: master keys from outside, the workspace's own keys wrapped under them, a key for each record with personal values."""
