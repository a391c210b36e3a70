"""The ledger `mail`: each order's invoice as a PDF to its customer, by mail."""
