"""A dry run: orders planned as they will be, by all that is known of the ledger, with nothing posted and nothing written.

choosing -> intake.rehearsal, in one snapshot that the database lets nobody write in -> the ledger's own foretelling
         -> rehearsal, sums (pure) -> a page, a file, a terminal
"""
