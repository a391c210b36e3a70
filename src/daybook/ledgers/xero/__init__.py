"""Xero's language: requests to send, answers received. Knows nothing of orders or tables."""
