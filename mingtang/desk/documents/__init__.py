"""Pages of the catalogue: list, one document, its findings and its review."""
