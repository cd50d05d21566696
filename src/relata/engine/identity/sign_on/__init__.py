"""Sign-on: people come in by the word of their company's own identity provider."""
