"""A talk carried over a wire."""

from collections.abc import Callable

from daybook.wire.asks import FileAnswer, FileAsk, FileTalk, T


def carry(talk: FileTalk[T], ask: Callable[[FileAsk], FileAnswer]) -> T:
    """Put each question of the talk to `ask`, once, and return what the talk found. Raises what `ask` raises."""
    try:
        question = next(talk)
        while True:
            question = talk.send(ask(question))
    except StopIteration as end:
        found: T = end.value
        return found
    finally:
        talk.close()
