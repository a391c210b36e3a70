"""Routes as Xero has them. An endpoint reads its parameters, asks books and rules, and renders; it decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from localkit.answers import Answer

Endpoint = Callable[..., Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A path below /api.xro/2.0, what each method does there, and the scopes any of which opens it.

    `answers_files`: a GET there answers with a file, so that any Accept header will do; `answers_pdf`: with one where
    application/pdf is asked for.
    """

    path: str
    scopes: tuple[str, ...]
    methods: dict[str, Endpoint]
    answers_files: bool = False
    answers_pdf: bool = False
