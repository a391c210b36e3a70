"""A browser without a screen or scripts: it follows links and sends forms, as a person would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Self
from urllib.parse import urljoin

import httpx2

TIMEOUT_SECONDS = 30


class BrowserError(Exception):
    """A page was not as expected; the message says which, and what it said."""


@dataclass(slots=True)
class Form:
    """A form with what it would send as it stands."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    """What may be chosen in each select, radio group and named button."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was received."""

    url: str
    status: int
    text: str
    forms: tuple[Form, ...]
    words: str
    """Its text without markup."""

    def form(self, action: str) -> Form:
        """Return the form whose address ends with `action`. Raises BrowserError."""
        for form in self.forms:
            if form.action.split("?")[0].endswith(action):
                return form
        message = f"{self.url} ({self.status}) has no form {action}; it says: {self.words[:500]}"
        raise BrowserError(message)


class Browser:
    """One person's browser, with cookies."""

    def __init__(self) -> None:
        self._client = httpx2.Client(follow_redirects=True, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def open(self, url: str) -> Page:
        """Return the page at `url`, wherever it leads. Raises BrowserError."""
        return self._send(httpx2.Request("GET", url))

    def submit(
        self, page: Page, action: str, chosen: Mapping[str, str], files: Mapping[str, Path] | None = None
    ) -> Page:
        """Send a form of `page` with some fields filled in, and return the page it leads to. Raises BrowserError.

        `files`: of its fields that take one.
        """
        form = page.form(action)
        values = {**form.values, **{name: [value] for name, value in chosen.items()}}
        given = {name: (file.name, file.read_bytes()) for name, file in (files or {}).items()}
        return self._send(httpx2.Request(form.method.upper(), urljoin(page.url, form.action), data=values, files=given))

    def _send(self, request: httpx2.Request) -> Page:
        request = self._client.build_request(
            request.method, request.url, content=request.read(), headers=_content_type(request)
        )
        try:
            answer = self._client.send(request)
        except httpx2.HTTPError as error:
            message = f"{request.url} does not answer: {error}"
            raise BrowserError(message) from error
        reader = _Reader()
        reader.feed(answer.text)
        page = Page(str(answer.url), answer.status_code, answer.text, tuple(reader.forms), " ".join(reader.words))
        if answer.status_code >= 400:
            message = f"{page.url} answers {page.status}: {page.words[:1000]}"
            raise BrowserError(message)
        return page


def _content_type(request: httpx2.Request) -> dict[str, str]:
    kind = request.headers.get("Content-Type")
    return {"Content-Type": kind} if kind else {}


class _Reader(HTMLParser):
    """Collects forms and words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._named: dict[str, Form] = {}
        self._select = ""
        self._textarea = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one tag."""
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style", "svg"}:
            self._silent += 1
        elif tag == "form":
            self._form = self._named[given.get("id", "")] = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        elif form := self._named.get(given["form"]) if "form" in given else self._form:  # as HTML has fields elsewhere
            self._field(form, tag, given)

    def _field(self, form: Form, tag: str, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        if tag == "option" and self._select:
            form.options.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given:
                form.values[self._select] = [given.get("value", "")]
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
        elif name and tag == "button":
            form.options.setdefault(name, []).append(given.get("value", ""))
        elif name and tag == "input":
            _input(form, name, given)

    def handle_endtag(self, tag: str) -> None:
        """Leave one element."""
        if tag in {"script", "style", "svg"}:
            self._silent -= 1
        elif tag == "form":
            self._form = None
        elif tag == "select":
            if self._form and self._select and self._form.options.get(self._select):
                self._form.values.setdefault(self._select, self._form.options[self._select][:1])
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        """Read some text."""
        if self._form and self._textarea:
            self._form.values[self._textarea] = [data]
        if not self._silent and data.strip():
            self.words.append(" ".join(data.split()))


def _input(form: Form, name: str, given: Mapping[str, str]) -> None:
    kind = given.get("type", "text")
    value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
    if kind in {"checkbox", "radio"}:
        form.options.setdefault(name, []).append(value)
        if "checked" not in given:
            return
    if kind not in {"submit", "button", "file", "image"}:
        form.values.setdefault(name, []).append(value)
