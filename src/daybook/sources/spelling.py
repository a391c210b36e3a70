"""PURE: a sender's own names for the fields of the canonical order, so that what is wrong is said in its words."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from daybook.sources.problems import NotAnOrderError, Problem

T = TypeVar("T")
NONE: Mapping[str, str] = {}


def in_their_words(parse: Callable[[], T], names: Mapping[str, str], paths: Mapping[str, str] = NONE) -> T:
    """Run a parser of the canonical form; where it raises NotAnOrderError, name the fields as the sender does.

    `names`: by the canonical name of a field. `paths`: by its whole path, such as `shipping.price`.
    """
    try:
        return parse()
    except NotAnOrderError as error:
        problems = (Problem(_theirs(each.field, names, paths), each.problem, each.cure) for each in error.problems)
        raise NotAnOrderError(tuple(problems)) from error


def _theirs(field: str, names: Mapping[str, str], paths: Mapping[str, str]) -> str:
    words = paths.get(field, field).replace("[", ".[").split(".")
    return ".".join(names.get(word, word) for word in words).replace(".[", "[")
