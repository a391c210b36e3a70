"""The ledger `files`: each order as one XML file for accounting software, in a folder or on an SFTP server."""
