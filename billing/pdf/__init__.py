"""Invoices on paper: plain data in, bytes out."""
