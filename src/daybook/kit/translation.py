"""PURE: words in the language of who reads them, for code that knows no framework.

Asked where words are shown, never where they are stored: what is stored is in English, whoever made it. The names are
those of gettext (Python's `gettext`, Django's `django.utils.translation`), so that tools find the messages. A sentence
with facts in it that is stored as a whole is made by `told` and said in another language by `retold`.
"""

from dataclasses import dataclass
from typing import Protocol


class Speaker(Protocol):
    """Knows the language of who reads."""

    def gettext(self, message: str, /) -> str:
        """Return the message in it; the message itself where it has no other words."""
        ...

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """Return the form for this number of things."""
        ...

    def retold(self, text: str, /) -> str:
        """Return a sentence that `told` once made."""
        ...

    def figure(self, text: str, /) -> str:
        """Return a number that is written the English way."""
        ...

    def day(self, text: str, /) -> str:
        """Return a day that is written as programs do (2026-03-02); a text that is none as it is."""
        ...


class _English:
    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        return singular if number == 1 else plural

    def retold(self, text: str, /) -> str:
        return text

    def figure(self, text: str, /) -> str:
        return text

    def day(self, text: str, /) -> str:
        return text


_speaker: Speaker = _English()


def speak(speaker: Speaker) -> None:
    """Let this one say everything from now on; the web's application names Django's."""
    global _speaker  # noqa: PLW0603 - one a process, said once as it starts
    _speaker = speaker


def gettext(message: str) -> str:
    """Return a message in the language of who reads; nothing for nothing."""
    return _speaker.gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form for `number` things in the language of who reads; the number is filled in by the caller."""
    return _speaker.ngettext(singular, plural, number)


def told(message: str, /, **facts: object) -> str:
    """Return an English sentence that is stored as a whole: an f-string, or with its facts filled in (`{name}`)."""
    return message.format(**facts) if facts else message


def retold(text: str) -> str:
    """Return a stored sentence in the language of who reads, its facts as they were; as it is where nobody knows it."""
    return _speaker.retold(text) if text else ""


def figure(text: str) -> str:
    """Return a number that is written the English way, with commas between thousands, in the manner of who reads."""
    return _speaker.figure(text)


def day(text: str) -> str:
    """Return a day that is written as programs do (2026-03-02) in the manner of who reads; a text that is none as it is."""
    return _speaker.day(text)


def gettext_noop(message: str) -> str:
    """Return a message as it is: of a table that is asked for in the language of who reads where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Dated:
    """A sentence of something that was done, and the same where its day is known (`{day}`)."""

    undated: str
    dated: str

    def told(self, day: str, **facts: object) -> str:
        """Return it in English, to be stored. `day`: "" where it is not known."""
        return told(self.dated, day=day, **facts) if day else told(self.undated, **facts)
