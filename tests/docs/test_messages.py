"""Catalogues are whole: `make messages` was run, and whoever says something new says it in each language."""

import pytest
from babel.messages.catalog import Message

from tests import messages

LANGUAGES = sorted(folder.name for folder in messages.LOCALES.iterdir())


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_what_is_said_today(language: str):
    known = messages.catalogue(language)
    assert messages.written(messages.brought_up(known)) == messages.path_of(language, "po").read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_it_is_translated(language: str):
    fresh = messages.brought_up(messages.catalogue(language))
    assert [each.id for each in fresh if each.id and not is_translated(each)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_is_of_the_written_one(language: str):
    assert messages.compiled(messages.catalogue(language)) == messages.path_of(language, "mo").read_bytes()
