"""A toy source. In the product these are a folder of `sources/` and a row of `sources/registry.py`; nothing else."""
