"""The proof of a period: what orders, day book and ledger come to, signed so that a change of it shows.

proof.py      PURE: what a proof says
boxes.py      PURE: what documents contribute to the boxes of a tax return
signing.py    PURE: writing, signing and checking a file
shown.py      PURE: a proof as tables, for the page and the PDF
gathering.py  asks the database, and the ledger, for what it says
keys.py       the installation's key
making.py     gather, sign, tell the history
books.py      a proof beside the history and the present books
"""
