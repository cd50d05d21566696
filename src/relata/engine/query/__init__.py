"""Filter, sort, page and aggregate as SQL, always with a reader: no statement is made without saying who reads."""
