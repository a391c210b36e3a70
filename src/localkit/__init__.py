"""What the simulator of any ledger is made of: its clock, its failures, its journal, its server. Knows no vendor.

    clock, ids              time that can be frozen, identifiers that replay
    server, in_process      how a simulator is reached: over a socket, or without one
    answers, json_values    what an HTTP answer is, and its JSON
    faults, striking        failures on demand: which requests they strike, and what they do to them
    journal, egress         what happened, request by request, and how much was read
    idempotency, signing    keys under which an answer is given once, and signed tokens
    rules, switches         how rules refuse and name their sources, how open questions are described

A simulator says what is its vendor's own: its paths, its words, its numbers.
"""
