"""Demo data: what `make run` shows on its first start. Made through the same services as real data."""
