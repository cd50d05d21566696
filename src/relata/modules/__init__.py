"""The business: each folder is a module, found by `app.modules`; nothing lists them by hand."""
