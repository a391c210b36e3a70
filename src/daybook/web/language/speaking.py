"""Django's catalogues, for all that says something (`kit/translation.py`), also for sentences that were stored whole."""

import gettext as catalogues
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from django.utils import translation

_FACT = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
_A_PHRASE = 3
"""Words."""
_REMEMBERED = 4096


def gettext(message: str, /) -> str:
    """Return a message in the active language."""
    return translation.gettext(message)


def ngettext(singular: str, plural: str, number: int, /) -> str:
    """Return the form for a number of things in the active language."""
    return translation.ngettext(singular, plural, number)


def retold(text: str, /) -> str:
    """Return a sentence that was stored in English in the active language; as it is where it is no message of ours."""
    return _retold(text, translation.get_language() or "")


@lru_cache(_REMEMBERED)
def _retold(text: str, language: str) -> str:
    for pattern, message in _with_facts(language):
        if found := pattern.fullmatch(text):
            facts = {name: _fact(fact, language) for name, fact in found.groupdict().items()}
            return translation.gettext(message).format(**facts)
    return translation.gettext(text)


def _fact(text: str, language: str) -> str:
    """A fact may be a phrase of ours; a word or two are somebody's name, which is nobody's to translate."""
    return _retold(text, language) if len(text.split()) >= _A_PHRASE else text


@cache
def _with_facts(language: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Return the messages with facts and how to know each again; the one with most words of its own comes first."""
    path = Path(__file__).parent / "locale" / language / "LC_MESSAGES/django.mo"
    if not path.is_file():
        return ()
    with path.open("rb") as file:
        messages = catalogues.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # noqa: SLF001 - the only list of them
    found = [message for message in messages if isinstance(message, str) and len(_own_words(message).split()) >= 2]
    found.sort(key=lambda message: len(_own_words(message)), reverse=True)
    return [(re.compile(_pattern(message), re.DOTALL), message) for message in found if _FACT.search(message)]


def _own_words(message: str) -> str:
    return _FACT.sub("", message)


def _pattern(message: str) -> str:
    """Return what a message looks like with its facts filled in; a fact that stands twice is the same twice."""
    out, known = "", set[str]()
    for at, part in enumerate(_FACT.split(message)):
        if at % 2 == 0:
            out += re.escape(part)
        else:
            out += f"(?P={part})" if part in known else f"(?P<{part}>.+?)"
            known.add(part)
    return out
