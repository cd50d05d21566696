"""Moving in from another system: its export is recognised whole, brought in with its own ids, brought again as often as
people like while both systems are in use, and compared with what came of it."""
