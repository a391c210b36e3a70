"""Carry a talk without a wire: answers are given in order, an error is thrown in where one is to come."""

from collections.abc import Sequence
from typing import Any

from daybook.ledgers.ledger import Talk
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import WireError


def carry(talk: Talk[Any], *answers: Answer | WireError) -> tuple[Sequence[Request], Any]:
    """Return what was asked, and what the talk returned."""
    asked: list[Request] = []
    left = list(answers)
    try:
        asked.append(next(talk))
        while True:
            answer = left.pop(0)
            asked.append(talk.throw(answer) if isinstance(answer, WireError) else talk.send(answer))
    except StopIteration as end:
        assert left == [], "it asked for less"
        return asked, end.value
