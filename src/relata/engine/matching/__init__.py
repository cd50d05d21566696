"""Which records may be the same thing: blocking, comparison field by field, a learned score, and what people decided."""
