"""The pages "Connection settings": a room for each subject of what a company decides about its documents.

rooms.py        which rooms there are, what stands in each, and where a word is found
connection.py   the index, and the trip to the ledger's consent page and back; connection_forms.py its form
saving.py       showing, saving and restoring a room; editing.py brings two people's changes together; past.py its history
room_pages.py   what these pages are drawn from; summaries.py one line a room
form.py         the form; binding.py builds it, offers.py fills its drop-downs
reading.py      what the pages show beside their forms
"""
