"""SCIM 2.0 under /scim/v2: people and groups, kept by the company's directory. Source: RFC 7643 and 7644.

The protocol's own shapes, filters and patches are those of scim2-models, which is loaded with the first request.
"""
