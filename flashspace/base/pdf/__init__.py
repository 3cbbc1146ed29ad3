"""Papers: one letterhead for invoices, agreements and certificates."""
