"""How good the records are: complete, valid, fresh, unique; counted by the same statements as reports."""
