"""Imports as people do them: a file is read, its columns are understood, every change is tried before it happens, and
the import runs on the server and can be taken back."""
