"""Measuring what is promised: a synthetic company of the asked size, and each figure beside its floor."""
