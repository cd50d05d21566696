"""OAuth 2 for applications: registered here, allowed by a person, for some scopes, for a short while (RFC 6749, 7636,
8252, 9700)."""
