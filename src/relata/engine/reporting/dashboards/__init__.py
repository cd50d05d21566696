"""Dashboards: reports and figures side by side, filtered together, kept as records and shared like them."""
