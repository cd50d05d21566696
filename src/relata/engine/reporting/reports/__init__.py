"""Reports that are kept: as records of somebody, and as modules ship them."""
