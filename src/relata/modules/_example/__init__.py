"""The smallest complete module; `make new-module` copies it."""
