"""Who the customers are: accounts, contacts, how they relate, and lists of them."""
