"""What an organisation of this Xero holds.

records       what books are made of                    arithmetic   lines, tax and totals
books         keeps records and finds them              zones        which day it is where an organisation is
stock         what documents move, at average cost      ledger       double entry and the trial balance
"""

from localxero.books.books import (
    PAYABLE,
    PAYABLE_CREDIT,
    RECEIVABLE,
    RECEIVABLE_CREDIT,
    Books,
    Contents,
    Keep,
    fold,
)

__all__ = ["PAYABLE", "PAYABLE_CREDIT", "RECEIVABLE", "RECEIVABLE_CREDIT", "Books", "Contents", "Keep", "fold"]
