"""What is used and what is not, and where people get stuck: counted by team and day, never by person."""
