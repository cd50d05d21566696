"""What every HTML interface shares: components, tokens, behaviours, the generic list and record handlers."""
