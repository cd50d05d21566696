"""Which records may be the same thing: blocking, comparison field by field, a learned score, what people decided."""
