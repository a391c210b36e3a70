"""What the simulator of any ledger is made of: its clock, its failures, its journal, its server. Knows no vendor.

    clock, windows, ids     time that can be frozen, windows in which calls count, identifiers that replay
    server, in_process      how a simulator is reached: over a socket, or without one
    proxies                 which proxy in front is believed
    answers, json_values    what an HTTP answer is, and its JSON
    faults, striking        failures on demand: which requests they strike, and what they do to them
    journal, egress         what happened, request by request, and how much was read
    idempotency, signing    keys under which an answer is given once, and signed tokens
    rules, switches         how rules refuse and name their sources, how open questions are described
    controls                what steers a simulator from outside, described in OpenAPI
    pages, forms            what a person looks at and types
    posting, web_address    one POST to a subscriber, and which addresses there are

A simulator says what is its vendor's own: its paths, its words, its numbers.
"""
