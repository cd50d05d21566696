"""The outside: mail servers, telephones, calendars, identity providers. Each fills a port of the engine."""
