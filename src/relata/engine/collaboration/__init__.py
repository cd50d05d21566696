"""People working on the same records: comments, follows, and what each of them should be told."""
