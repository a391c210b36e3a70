"""Documents out: which go together, how many calls may be made, what is sent, what the answer means."""
