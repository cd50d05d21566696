"""Views of the registry for people and programs. They hold no rule: what may happen is decided below them."""
