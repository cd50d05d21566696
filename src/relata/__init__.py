"""Relata: sales, marketing and service over one database of customers."""

__version__ = "0.1.0"
