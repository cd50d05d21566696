"""What a write consults before it happens: validation rules, what is required when, which values go together.

Pure: the workspace asks which clauses apply to a draft, and what those over its own values say. Clauses that read over
links it answers with one statement (`workspace/verdicts.py`).
"""
