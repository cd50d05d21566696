"""Dashboards in frames of other sites: a link that shows one dashboard as one role sees it, and nothing else."""
