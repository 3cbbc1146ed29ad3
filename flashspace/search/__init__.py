"""One box for everything: a number, an address, a phone, a GSTIN, a name."""
