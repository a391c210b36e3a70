"""The smallest source, kind and ledger there can be: the living examples of docs/developing.md."""
