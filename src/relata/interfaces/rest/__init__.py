"""The API under /api/v1: a projection of the workspace's registry, custom objects included, as the caller sees it."""
