"""PURE: the sentences of a template's source, and the source with each of them said in another language.

A template is written in plain English, without marks; its sentences are found by how HTML is laid out. One sentence
is what stands between two tags that begin or end a block (`<p>`, `<td>`, `<button>`): so `<b>`, links, `{{ variables }}`
and `{% if %}` in the middle of it stay in it, and whoever translates can put them where their own grammar wants them.
An element with attributes is written with a number (`<1>...</1>`), so that addresses and classes are no translator's
matter.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

Say = Callable[[str], str]
"""Returns a sentence in the language of who reads; the same where it has none."""

_VARIABLE, _TAG = r"\{\{.*?\}\}", r"\{%.*?%\}"
_QUOTED = rf'"(?:{_VARIABLE}|{_TAG}|[^"])*"'
_TOKEN = re.compile(
    rf"(?P<raw>\{{#.*?#\}}|<!.*?>|<script\b.*?</script>|<style\b.*?</style>|\{{%\s*comment\b.*?endcomment\s*%\}})"
    rf"|(?P<variable>{_VARIABLE})|(?P<tag>{_TAG})|(?P<element></?[a-zA-Z](?:{_VARIABLE}|{_TAG}|{_QUOTED}|[^>\"])*>)",
    re.DOTALL,
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "br",
        "code",
        "em",
        "i",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
        "wbr",
    ]
)
_VOID = frozenset({"br", "wbr"})
_BLOCKS = frozenset(["if", "for", "with", "ifchanged", "filter", "spaceless", "autoescape"])
_ALONE = frozenset(["extends", "load", "block", "endblock", "csrf_token"])
"""Template tags that end a sentence wherever they stand."""
_SPOKEN = re.compile(
    rf"""(?<=\s)(title|aria-label|aria-description|placeholder|alt|data-confirm)="((?:{_VARIABLE}|{_TAG}|[^"])*)\"""",
    re.DOTALL,
)
_ICON = "material-symbols"
"""Class of elements whose text is the name of a picture."""
_MARKED = re.compile(rf"""(?:{_VARIABLE}|{_TAG})""", re.DOTALL)
_LITERAL = re.compile(r"""_\((?:"([^"]+)"|'([^']+)')\)""")
_MARK = re.compile(r"<(/?)(\d+)(/?)>")


class _Is(Enum):
    TEXT = "text"
    VARIABLE = "variable"
    TAG = "tag"
    ELEMENT = "element"
    BREAK = "break"
    """Ends a sentence, and is left as it is."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Is
    text: str

    @property
    def name(self) -> str:
        """Return the name of a template tag or an element, without what says that it ends."""
        found = re.match(r"\{%-?\s*(?:end)?(\w+)|</?\s*([a-zA-Z][\w-]*)", self.text)
        return (found[1] or found[2]).lower() if found else ""

    @property
    def opens(self) -> bool:
        if self.kind is _Is.TAG:
            return self.name in _BLOCKS and not self.closes
        return self.kind is _Is.ELEMENT and not self.closes and self.name not in _VOID

    @property
    def closes(self) -> bool:
        return bool(re.match(r"\{%\s*end|</", self.text))

    @property
    def turns(self) -> bool:
        """Tell whether it is the middle of a block: `{% else %}`, `{% empty %}`."""
        return self.kind is _Is.TAG and self.name in {"else", "elif", "empty"}


def sentences(source: str, *, by_line: bool = False) -> list[str]:
    """Return each sentence of a template, and each title, label and placeholder of its elements, as it is looked up.

    Last come the literals that tags and filters say with Django's own mark: `{{ name|default:_("nobody") }}`.
    """
    found: list[str] = []

    def keep(sentence: str) -> str:
        found.append(sentence)
        return sentence

    said_in(source, keep, by_line=by_line)
    literals = (literal for tag in _MARKED.findall(source) for literal in _LITERAL.findall(tag))
    return [*found, *(double or single for double, single in literals)]


def said_in(source: str, say: Say, *, by_line: bool = False) -> str:
    """Return the source with each of its sentences as `say` says it; all else stands as it was.

    `by_line`: a line ends a sentence, as in a mail.
    """
    out: list[str] = []
    run: list[_Token] = []
    for token in _lines(_tokens(source)) if by_line else _tokens(source):
        if token.kind is _Is.BREAK:
            out += [_run(run, say), _spoken(token.text, say)]
            run = []
        else:
            run.append(token)
    return "".join([*out, _run(run, say)])


def has_words(text: str) -> bool:
    """Tell whether something of it is said to people: a letter outside of variables, tags, elements and entities."""
    bare = re.sub(rf"{_VARIABLE}|{_TAG}|<[^>]*>|&#?\w+;", " ", text, flags=re.DOTALL)
    return any(letter.isalpha() for letter in bare)


def _tokens(source: str) -> Iterator[_Token]:
    """Yield the source's parts; one that begins or ends a block, or is nobody's text, is a break."""
    at = 0
    icon = False
    for match in _TOKEN.finditer(source):
        if match.start() > at:
            yield _Token(_Is.BREAK if icon else _Is.TEXT, source[at : match.start()])
        at = match.end()
        token = _classified(match)
        if token.kind is _Is.ELEMENT and _ICON in token.text:
            icon = True
        elif icon and token.kind is _Is.ELEMENT and token.closes:
            icon = False
            token = _Token(_Is.BREAK, token.text)
        yield _Token(_Is.BREAK, token.text) if icon else token
    if at < len(source):
        yield _Token(_Is.TEXT, source[at:])


def _lines(tokens: Iterator[_Token]) -> Iterator[_Token]:
    for token in tokens:
        if token.kind is not _Is.TEXT:
            yield token
            continue
        for part in re.split(r"(\n)", token.text):
            if part:
                yield _Token(_Is.BREAK if part == "\n" else _Is.TEXT, part)


def _classified(match: re.Match[str]) -> _Token:
    kind, text = match.lastgroup, match[0]
    if kind == "variable":
        return _Token(_Is.VARIABLE, text)
    if kind == "tag":
        token = _Token(_Is.TAG, text)
        return _Token(_Is.BREAK, text) if token.name in _ALONE | {"block"} else token
    if kind == "element":
        token = _Token(_Is.ELEMENT, text)
        return token if token.name in _INLINE else _Token(_Is.BREAK, text)
    return _Token(_Is.BREAK, text)


def _run(tokens: Sequence[_Token], say: Say) -> str:
    """Return what stands between two breaks. What opens or ends in it but not both is a break as well."""
    if not tokens:
        return ""
    partner = _partners(tokens)
    loose = [
        at for at, token in enumerate(tokens) if at not in partner and (token.opens or token.closes or token.turns)
    ]
    if loose:
        at = loose[0]
        return _run(tokens[:at], say) + _spoken(tokens[at].text, say) + _run(tokens[at + 1 :], say)
    outer = _top(tokens, partner)
    if any(tokens[at].kind is _Is.TEXT and has_words(tokens[at].text) for at in outer):
        return _sentence(tokens, say)
    return _apart(tokens, partner, say)


def _partners(tokens: Sequence[_Token]) -> dict[int, int]:
    """Return where each block and element ends, and the other way round; a turn belongs to its block's end."""
    found: dict[int, int] = {}
    open_: list[int] = []
    turns: dict[int, list[int]] = {}
    for at, token in enumerate(tokens):
        if token.opens:
            open_.append(at)
        elif token.turns and open_:
            turns.setdefault(open_[-1], []).append(at)
        elif token.closes and open_ and _pair(tokens[open_[-1]], token):
            first = open_.pop()
            found |= {first: at, at: first, **dict.fromkeys(turns.get(first, ()), at)}
        elif token.closes and token.kind is not _Is.TEXT:
            open_ = []
    return found


def _pair(first: _Token, last: _Token) -> bool:
    return first.kind is last.kind and first.name == last.name


def _top(tokens: Sequence[_Token], partner: dict[int, int]) -> list[int]:
    """Return the places that are in no block and no element."""
    places, at = [], 0
    while at < len(tokens):
        places.append(at)
        at = partner[at] + 1 if tokens[at].opens else at + 1
    return places


def _apart(tokens: Sequence[_Token], partner: dict[int, int], say: Say) -> str:
    """Return a run without a sentence of its own: what its blocks and elements hold, each by itself."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        out.append(_spoken(token.text, say))
        if token.opens:
            end = partner[at]
            bounds = [at, *(turn for turn, last in partner.items() if last == end and tokens[turn].turns), end]
            for first, last in pairwise(bounds):
                out += [_run(tokens[first + 1 : last], say), _spoken(tokens[last].text, say)]
            at = end
        at += 1
    return "".join(out)


def _sentence(tokens: Sequence[_Token], say: Say) -> str:
    """Return one sentence as it is said, with the white space around it that it had."""
    first, last = _edges(tokens)
    inner = tokens[first:last]
    marks: dict[str, _Token] = {}
    open_: list[str] = []
    written = []
    for token in inner:
        if token.kind is not _Is.ELEMENT or not (token.closes or " " in token.text or "\n" in token.text):
            if token.kind is _Is.ELEMENT and token.opens:
                open_.append("")
            written.append(token.text)
        elif token.closes:
            number = open_.pop()
            written.append(f"</{number}>" if number else token.text)
        else:
            number = str(len(marks) + 1)
            marks[number] = token
            if token.opens:
                open_.append(number)
            written.append(f"<{number}>" if token.opens else f"<{number}/>")
    text = "".join(written)
    bare = " ".join(text.split())
    said = _unmarked(say(bare), marks, say)
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    outside = "".join(token.text for token in tokens[:first]), "".join(token.text for token in tokens[last:])
    return f"{outside[0]}{before}{said}{after}{outside[1]}"


def _edges(tokens: Sequence[_Token]) -> tuple[int, int]:
    """Return where the sentence begins and ends: silent tags around it (`{% url ... as there %}`) are not of it."""
    silent = [
        (token.kind is _Is.TEXT and not token.text.strip())
        or (token.kind is _Is.TAG and not (token.opens or token.closes))
        for token in tokens
    ]
    first = silent.index(False)
    return first, len(tokens) - silent[::-1].index(False)


def _unmarked(said: str, marks: dict[str, _Token], say: Say) -> str:
    def element(match: re.Match[str]) -> str:
        token = marks[match[2]]
        return f"</{token.name}>" if match[1] else _spoken(token.text, say)

    return _MARK.sub(element, said)


def _spoken(text: str, say: Say) -> str:
    """Return an element with its title, label or placeholder said."""
    if not text.startswith("<"):
        return text

    def value(match: re.Match[str]) -> str:
        return f'{match[1]}="{say(" ".join(match[2].split()))}"' if has_words(match[2]) else match[0]

    return _SPOKEN.sub(value, text)
