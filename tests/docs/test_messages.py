"""Catalogues are whole: `make messages` was run, and whoever says something new says it in each language."""

from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from tests import messages

LANGUAGES = sorted(folder.name for folder in messages.LOCALES.iterdir())


@cache
def of_today(language: str) -> Catalog:
    """Reads every file of the code: some seconds."""
    return messages.brought_up(messages.catalogue(language))


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_what_is_said_today(language: str):
    assert messages.written(of_today(language)) == messages.path_of(language, "po").read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_it_is_translated(language: str):
    assert [each.id for each in of_today(language) if each.id and not is_translated(each)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_is_of_the_written_one(language: str):
    assert messages.compiled(messages.catalogue(language)) == messages.path_of(language, "mo").read_bytes()
