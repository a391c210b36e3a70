"""The ledgers, one folder each: what they are asked, what they answer, and nothing of it anywhere else."""
