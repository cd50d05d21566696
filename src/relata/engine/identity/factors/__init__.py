"""What a person shows beside the password, or in its place: an authenticator app, passkeys, recovery codes."""
