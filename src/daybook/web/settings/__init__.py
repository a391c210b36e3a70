"""The page "Connection settings": the company's app at the ledger, what it decided about its documents, its intake.

connection.py   the page, and the trip to the consent page and back; connection_forms.py its two small forms
saving.py       storing the settings; editing.py brings two people's changes together
form.py         the form; binding.py builds it, offers.py fills its drop-downs
reading.py      what the page shows beside its forms
"""
