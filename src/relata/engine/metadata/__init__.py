"""What an object, a field, an action and a module are, and the registry that holds them.

Declarations are data. A workspace's own objects and fields are laid over the built-in ones (`overlay`).
"""
