"""An app of the tests with a migration that moves rows in batches, and dies in the middle where it is told to."""
