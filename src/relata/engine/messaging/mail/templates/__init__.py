"""Templates and snippets of mails: words with merge fields, which are expressions and never code."""
