"""A translation changes words and nothing else: variables, facts, elements and blocks are those of the original."""

import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import Template
from django.template.loader import get_template
from django.utils import translation

from daybook.web.language import fragments
from daybook.web.language.templates import OURS
from tests import messages

LANGUAGES = sorted(folder.name for folder in messages.LOCALES.iterdir())
TEMPLATES = sorted(path for path in OURS.rglob("*.*") if path.suffix in {".html", ".txt"})
LIBRARIES = "{% load daybook humanize i18n static allauth %}"
_QUOTED = re.compile(r"""_?\(?"[^"]*"\)?|'[^']*'""")
_MARKED = re.compile(r"\{\{(.*?)\}\}|\{%\s*(\w+)(.*?)%\}", re.DOTALL)
_WORDS_OF_TAGS = frozenset({"and", "or", "not", "in", "is", "if", "with", "as", "only", "True", "False", "None"})
_COUNTED = re.compile(r"\{\{\s*[\w.|]+?\|pluralize(?::\"[^\"]*\")?\s*\}\}")


def own_sentences(path: Path) -> list[str]:
    return fragments.sentences(path.read_text(), by_line=path.suffix == ".txt")


@cache
def catalogue(language: str) -> dict[object, object]:
    return {each.id: each.string for each in messages.catalogue(language) if each.id and each.string}


@cache
def of_templates(language: str) -> dict[str, str]:
    known = catalogue(language)
    sentences = {sentence for path in TEMPLATES for sentence in own_sentences(path)}
    return {sentence: str(known[sentence]) for sentence in sentences if sentence in known}


def variables(sentence: str) -> set[str]:
    """Return the names that a sentence's variables and tags ask for: of `{{ entry.net|money }}`, `entry.net`."""
    found = set[str]()
    for variable, _, rest in _MARKED.findall(sentence):
        bare = re.sub(r"\|\s*\w+", " ", _QUOTED.sub(" ", variable or rest))
        found |= set(re.findall(r"(?<![\w.])[a-z_]\w*(?:\.\w+)*", bare)) - _WORDS_OF_TAGS
    return found


def tags(sentence: str) -> Counter[str]:
    """Return its tags by name, but for choices: another grammar may need more of them, or fewer."""
    found = Counter(name for _, name, _ in _MARKED.findall(sentence) if name)
    return Counter({name: count for name, count in found.items() if name not in {"if", "elif", "else", "endif"}})


def elements(sentence: str) -> Counter[str]:
    """Return its elements, such as `<b>`, `</b>`, and those with a number."""
    return Counter(re.findall(r"</?[\w-]+/?>", re.sub(r"\{[{%].*?[%}]\}", "", sentence, flags=re.DOTALL)))


def is_nested(sentence: str) -> bool:
    """Tell whether each element ends before the one around it does."""
    open_: list[str] = []
    for name in elements_in_turn(sentence):
        if not name.startswith("/"):
            open_.append(name)
        elif not open_ or open_.pop() != name[1:]:
            return False
    return not open_


def elements_in_turn(sentence: str) -> list[str]:
    return [name for name in re.findall(r"<(/?[\w-]+)>", sentence) if name not in {"br", "wbr"}]


class Skeleton(HTMLParser):
    """The elements of a page with the names of their attributes; a quote too many would make new ones of words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found = Counter[tuple[str, ...]]()
        self.feed(re.sub(r"\{[{%#].*?[%}#]\}", "", source, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[(tag, *(name for name, _ in attrs))] += 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_templates_keep_their_variables(language: str):
    wrong = {}
    for sentence, said in of_templates(language).items():
        needed = variables(_COUNTED.sub("", sentence))
        if not needed <= variables(said) <= variables(sentence):
            wrong[sentence] = said
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_templates_keep_their_tags_and_elements(language: str):
    wrong = {
        sentence: said
        for sentence, said in of_templates(language).items()
        if tags(sentence) != tags(said) or elements(sentence) != elements(said) or not is_nested(said)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_templates_are_templates_themselves(language: str):
    for said in of_templates(language).values():
        Template(LIBRARIES + said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_keep_their_elements_and_attributes(language: str):
    known = of_templates(language)
    for path in TEMPLATES:
        source = path.read_text()
        said = fragments.said_in(source, lambda sentence: known.get(sentence, sentence), by_line=path.suffix == ".txt")
        assert Skeleton(said).found == Skeleton(source).found, path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_of_ours_loads(language: str):
    with translation.override(language):
        for path in TEMPLATES:
            get_template(str(path.relative_to(OURS)))


def facts(message: str) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w*)[^{}]*\}(?!\})|%\((\w+)\)", message))


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_of_the_code_keep_their_facts(language: str):
    wrong: dict[object, object] = {}
    for message, said in catalogue(language).items():
        if isinstance(message, str):
            if message not in of_templates(language) and facts(message) != facts(str(said)):
                wrong[message] = said
        else:
            assert isinstance(message, tuple | list)
            assert isinstance(said, tuple | list)
            one, *several = said
            if not facts(one) <= facts(message[1]) or any(facts(form) != facts(message[1]) for form in several):
                wrong[message] = said
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_around_a_message_that_it_has_not(language: str):
    """A piece that is put beside others keeps the space, colon or comma that it begins or ends with."""
    wrong = {
        message: said
        for message, said in catalogue(language).items()
        if isinstance(message, str) and isinstance(said, str) and ends(message) != ends(said)
    }
    assert wrong == {}


def ends(text: str) -> tuple[str, str]:
    before = re.match(r"[\s,;:·(]*", text)
    after = re.search(r"[\s,;:…(]*$", text)
    return (before[0] if before else "", after[0] if after else "")
