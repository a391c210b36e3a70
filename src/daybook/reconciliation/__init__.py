"""What does Xero really hold? Settles what nobody knows, and proves that orders, day book and Xero agree."""
