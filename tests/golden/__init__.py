"""Documents come out to the byte as before for the same orders and settings.

`corpus.py` is what goes in, `playing.py` lets it go in at the doors and takes down what came out, and each group has
two files of what is right:

    NAME.documents.json   the bodies that Xero was sent, one document a line, and how each document stands
    NAME.orders.json      what the REST API says of each order: standing, cause and words

The first must not change without a decision; the second follows when words are chosen anew. After a change that is
meant, write them again and read the difference:

    python -m tests.golden.write            all
    python -m tests.golden.write orders     only what the REST API says

What is random stands for itself in a word: <contact's name>, <id>, <mark>, <today>.

Orders of one's own are played beside them, before a change and after it, with what comes out in a folder of one's own
(`folders.py` says how they must lie):

    DAYBOOK_GOLDEN_EXTRA=FOLDER:FOLDER DAYBOOK_GOLDEN_EXTRA_FILES=FOLDER pytest tests/golden -k folder
"""
