"""`daybook probe`: a ledger asked about itself, in a trial organisation.

refuse    not a trial organisation, documents in flight, too few calls left: nothing is written
set up    what all probes need, under the mark of the run
each      note what it makes -> ask -> note the answer -> undo; the sheet is on disk before each step
undo      what is left; `daybook probe --undo` does it after a crash
"""
