"""Where money moves: one module per gateway, found by name in `registry`. They speak HTTP: never in a transaction."""
