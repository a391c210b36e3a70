"""Daybook posts the orders of an order management system to their ledgers: exactly once, to the penny, with proof."""
