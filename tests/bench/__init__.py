"""Speed, measured: `make bench`. Nothing here is asserted; numbers are read, and kept in docs/performance.md."""
