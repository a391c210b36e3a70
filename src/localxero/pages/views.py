"""Pages (to come)."""

from werkzeug.wrappers import Request

from localxero import answers
from localxero.answers import Answer
from localxero.calls import State


def answer(state: State, request: Request) -> Answer:
    """Answer a page."""
    return answers.not_found()
