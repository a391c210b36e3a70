"""An app of the tests with a migration that moves rows in batches of thirty."""
