"""The HTTP API under /api/v1, projected from the registry, with its OpenAPI document."""
