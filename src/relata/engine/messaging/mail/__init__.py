"""Mail of people and of shared addresses: mailboxes, conversations, and what is written in them."""
