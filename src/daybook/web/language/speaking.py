"""Django's catalogues, for all that says something (`kit/translation.py`), also for sentences that were stored whole."""

import gettext as catalogues
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from operator import ne
from pathlib import Path

from django.utils import translation

from daybook.web.language import figures

_FACT = re.compile(r"(?<!\{)\{(\w*)\}(?!\})")
_SENTENCE = re.compile(r"(?<=[.!?:;]) (?=\S)")
"""Between two sentences, or a sentence and what follows in it."""
_NAMELESS = "fact"
"""What a fact is called whose place bears no name: `{}`; there is one of them."""
_BEGINNING = re.compile(r"(?:^|(?<=[.!?:;] ))\w")
_A_PHRASE = 3
"""Words."""
_OUR_WORDS = frozenset({"label", "which", "what", "whose", "done", "by", "kind", "state", "place"})
"""What facts are called that are always words of ours, however short."""
_AMOUNTS = frozenset(
    {"amount", "amounts", "net", "tax", "gross", "total", "totals", "rounding", "paid", "money", "whole", "stated"}
    | {"stands", "counts", "theirs", "booked", "credited", "credits", "beyond", "discount", "taxes", "costs"}
)
"""What facts are called that are money: it is written as who reads writes it. Codes and numbers of documents stay."""
_AMOUNT = re.compile(r"(?<![\w.,])\d{1,3}(?:,?\d{3})*\.\d{2,4}(?![\w,]|\.\d)")
_WORD = re.compile(r"[^\W\d_]")
_ENDS = re.compile(r"[.!?] [A-Z“]")
"""Of a sentence, within a text."""
_FIGURES = re.compile(r"[\d.,%]+( %)?((, | and )[\d.,%]+( %)?)*")
_AND = re.compile(" and ")
_DAY = re.compile(
    r"\b(\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})"
    r"(?: at (\d\d:\d\d(?: UTC)?))?"
)
_PROGRAMS_DAY = re.compile(r"(?<![\w.:/“-])\d{4}-\d\d-\d\d(?![\w:/”-]|\.\w)")
"""As sentences are stored with it; no part of a file's name, a number or a moment, and nothing that is quoted."""
_LONGEST = 1000
"""Characters: what is longer is no sentence of ours."""
_MOST_SENTENCES = 8
_REMEMBERED = 4096
Known = tuple[Sequence[str], re.Pattern[str], str]
"""A message with facts: its own words, of which a text that is made of it has all; how to know it again; itself."""


def gettext(message: str, /) -> str:
    """Return a message in the active language."""
    return translation.gettext(message)


def ngettext(singular: str, plural: str, number: int, /) -> str:
    """Return the form for a number of things in the active language."""
    return translation.ngettext(singular, plural, number)


def retold(text: str, /) -> str:
    """Return a sentence that was stored in English in the active language; as it is where it is no message of ours."""
    language = translation.get_language() or ""
    return _dated(_retold(text, language)) if language and " " in text else _retold(text, language)


def day(text: str, /) -> str:
    """Return a day that is written as programs do in the manner of who reads; programs read it as it is."""
    return _dated(text) if translation.get_language() else text


def figure(text: str, /) -> str:
    """Return a number that is written the English way in the manner of who reads."""
    return figures.figure(text)


def _dated(text: str) -> str:
    """Return a sentence with its days in the manner of who reads."""
    return _PROGRAMS_DAY.sub(_programs_day, text)


def _programs_day(found: re.Match[str]) -> str:
    try:
        return figures.day(date.fromisoformat(found[0]))
    except ValueError:  # somebody typed it: 2026-02-30
        return found[0]


@lru_cache(_REMEMBERED)
def _retold(text: str, language: str) -> str:
    """A message as a whole; else the longest one at its beginning, and then the rest; else one that ends it."""
    if "\n" in text:
        return "\n".join(_retold(line, language) for line in text.split("\n"))
    if len(text) > _LONGEST:
        return text
    among = _possible(text, language)
    if (said := _known(text, language, among)) is not None:
        return said
    gaps = [gap.start() for gap in _SENTENCE.finditer(text)][:_MOST_SENTENCES]
    for gap in reversed(gaps):
        if (first := _known(text[:gap], language, among)) is not None:
            return f"{first} {_retold(text[gap + 1 :], language)}"
    for gap in gaps:
        if (last := _known(text[gap + 1 :], language, among)) is not None:
            return f"{text[:gap]} {last}"
    said = _known(text, language, among, may_hold_sentences=True)
    return _words(text) if said is None else said


def _possible(text: str, language: str) -> Sequence[Known]:
    """Return the messages all of whose own words stand in a text, or would if its sentences began with a small letter."""
    both = f"{text}\n{_BEGINNING.sub(lambda found: found[0].lower(), text)}"
    return [each for each in _with_facts(language) if all(part in both for part in each[0])]


def _words(text: str) -> str:
    """Return a list of nothing but words of ours."""
    for between, joined in ((", ", ", "), (" and ", _joined())):
        words = text.split(between)
        said = [translation.gettext(word) for word in words]
        if all(map(ne, words, said)):
            return joined.join(said)
    return text


def _known(text: str, language: str, among: Sequence[Known], *, may_hold_sentences: bool = False) -> str | None:
    """Return what a message, or a phrase of ours as a sentence, says in a language; None where it is none."""
    said = _message(text, language, among, may_hold_sentences=may_hold_sentences)
    if said is not None or not text[:1].isupper():
        return said
    for end in ("", "."):
        if text.endswith(end):
            phrase = f"{text[0].lower()}{text[1:].removesuffix(end)}"
            for begun in (phrase, f"{text[0]}{phrase[1:]}"):
                if (said := _message(begun, language, among)) is not None:
                    return f"{said[0].upper()}{said[1:]}{end}"
    return None


def _message(text: str, language: str, among: Sequence[Known], *, may_hold_sentences: bool = False) -> str | None:
    """Return what a message says in a language; None where it is none. A fact is rarely as long as a sentence."""
    said = translation.gettext(text)
    if said != text:
        return said
    for parts, pattern, message in among:
        if not all(part in text for part in parts):
            continue
        found = pattern.fullmatch(text)
        if found and (may_hold_sentences or not any(_ENDS.search(fact) for fact in found.groups())):
            facts = {name: _fact(name, fact, language) for name, fact in found.groupdict().items()}
            return translation.gettext(message).format(facts.get(_NAMELESS), **facts)
    return None


def _fact(name: str, text: str, language: str) -> str:
    """A fact that is money is said in the manner of who reads, also as a part of a phrase."""
    said = _phrase(name, text, language)
    return _AMOUNT.sub(lambda found: figures.figure(found[0]), said) if name in _AMOUNTS else said


def _phrase(name: str, text: str, language: str) -> str:
    """A fact may be a phrase of ours, or several; a word or two are somebody's name, which is nobody's to translate."""
    if name in _OUR_WORDS:
        return _retold(text, language) if text else ""
    if _FIGURES.fullmatch(text):
        return _AND.sub(_joined, text)
    if len(text.split()) < _A_PHRASE:
        return text
    said = _retold(_DAY.sub(_day, text), language)
    return _listed(text, language) if said == text else said


def _listed(text: str, language: str) -> str:
    """Return a list of phrases of ours, in which others' names may stand."""
    if ", " in text:
        return ", ".join(_retold(each, language) if " " in each else each for each in text.split(", "))
    if len(both := text.split(" and ")) == 2:
        one, other = (_retold(each, language) for each in both)
        return f"{one}{_joined()}{other}" if [one, other] != both else text
    return text


def _joined(_found: object = None) -> str:
    return translation.gettext("{first} and {last}").format(first="", last="")


def _day(found: re.Match[str]) -> str:
    """Return a day that is written as English people write it, and the time that follows; one that never was as it is."""
    try:
        day = figures.day(datetime.strptime(found[1], "%d %B %Y").date())  # noqa: DTZ007 - a day has no zone
    except ValueError:  # somebody typed it: 31 June
        return found[0]
    return f"{day}, {found[2]}" if found[2] else day


@cache
def _with_facts(language: str) -> Sequence[Known]:
    """Return the messages with facts and how to know each again; the one with most words of its own comes first."""
    path = Path(__file__).parent / "locale" / language / "LC_MESSAGES/django.mo"
    if not path.is_file():
        return ()
    with path.open("rb") as file:
        messages = catalogues.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # noqa: SLF001 - the only list of them
    found = [message for message in messages if isinstance(message, str) and _FACT.search(message)]
    found = [message for message in found if "{{" not in message and _WORD.search(_own_words(message))]
    found.sort(key=lambda message: len(_own_words(message)), reverse=True)
    return [(_FACT.split(message)[::2], re.compile(_pattern(message), re.DOTALL), message) for message in found]


def _own_words(message: str) -> str:
    return _FACT.sub("", message)


def _pattern(message: str) -> str:
    """Return what a message looks like with its facts filled in; a fact that stands twice is the same twice.

    A message of a single word is known by numbers only: "row 3". A fact ends where the words behind it stand, and is never
    tried longer (atomic groups): others' texts are in it, and of many repeats trying takes hours.
    """
    is_phrase = len(_own_words(message).split()) > 1
    out, facts, known = "", "", set[str]()
    *parts, end = _FACT.split(message)
    for at, part in enumerate(parts):
        if at % 2 == 0:
            out += f"(?>{facts}{re.escape(part)})" if part and facts else re.escape(part)
            facts = "" if part else facts
            continue
        name = part or _NAMELESS
        fact = r"\d[\d.,]*" if not is_phrase else ".*" if name in _OUR_WORDS else ".*?"
        facts += f"(?P={name})" if name in known else f"(?P<{name}>{fact})"
        known.add(name)
    return f"{out}{facts}{re.escape(end)}"
