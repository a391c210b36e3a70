"""Daybook posts the orders of an order management system to Xero: exactly once, to the penny, with proof."""
