"""The API's description in OpenAPI 3.1, generated from the registry for whoever asks."""
