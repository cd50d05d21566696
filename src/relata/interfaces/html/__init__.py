"""What every screen shares: templates, components, formats, assets, behaviours. No business word, no route."""
