"""What the pages read. Every query names its company."""
