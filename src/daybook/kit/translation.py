"""PURE: words in the language of who reads them, for code that knows no framework.

Asked where words are shown, never where they are stored: what is stored is in English, whoever made it. The names are
those of gettext (Python's `gettext`, Django's `django.utils.translation`), so that tools find the messages. A sentence
with facts in it that is stored as a whole is made by `told` and said in another language by `retold`.
"""

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


class _English:
    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        return singular if number == 1 else plural

    def retold(self, text: str, /) -> str:
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
    """Return an English sentence with its facts filled in (`{name}`), to be stored as a whole."""
    return message.format(**facts)


def retold(text: str) -> str:
    """Return a stored sentence in the language of who reads, its facts as they were; as it is where nobody knows it."""
    return _speaker.retold(text) if text else ""
