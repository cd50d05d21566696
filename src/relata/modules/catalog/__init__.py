"""What we sell: products and price books."""
