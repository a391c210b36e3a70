"""From what was sent to a draft: laid over what the books hold, and not yet booked. One module a kind of thing."""
