"""Capture forms: pages on which strangers leave what becomes a record; see decision 42."""
