"""What really stands there? Settles what nobody knows, and proves that orders, day book and ledger agree."""
