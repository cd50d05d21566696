"""Views of the registry: the ways into Relata. None of them imports a module or a connector."""
