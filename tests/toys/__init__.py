"""The living example of "how to add a ledger" and "how to add a kind" (docs/developing.md): what it takes, and no more."""
