"""E-mail of people and teams: mailboxes, what lies in them, conversations, and which records a mail is about."""
