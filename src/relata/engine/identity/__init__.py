"""Who somebody is: people, sessions, keys, teams and the hierarchy above them."""
