"""Finds what Python's code says to people: the texts of gettext's functions, of tables of words, of sentences that are stored.

Names below are those of the code: a table or a file that comes to say something is named here.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from daybook.web.language import fragments

SOURCES = Path(fragments.__file__).parents[2]
ASKED = frozenset({"gettext", "gettext_lazy", "gettext_noop", "_", "told"})
"""Functions whose only text is a message."""
REASON = "reason"
"""An argument that says in words why something was done, whatever is asked to do it: history keeps it."""
ERRORS = """
    AddressChangeError AddressNotProvenError ClosedError EmailRefusedError FeedError InvitationError
    LastOwnerError NotADateError NotARefundError NotApprovedError NotFoundError NotSent OutcomeUnknown
    PasswordRefusedError Paused PeopleError ReachError ReplayError SetupLinkError Unknown ViewError
"""
"""Errors whose text is shown."""
FIELDS = """
    BooleanField CharField ChoiceField DateField DateTimeField DecimalField EmailField FileField
    IntegerField MultipleChoiceField PositiveIntegerField PositiveSmallIntegerField TextField TimeField
"""
"""Fields of models and forms."""
TABLES = {
    "E": (0, 1, 2, 4, "nameless"),
    "Explanation": (0, 1, 2, 4, "nameless"),
    "Badge": (0, 2),
    "Rule": ("name",),
    "Dated": (0, 1),
    "Room": ("called", "is_for"),
    "Sort": ("called",),
    "Step": (1, 2, "title", "about", "waits"),
    "headings": tuple(range(20)),
    "Held": (1, 2, "detail"),
    "Hold": (1, 2, "detail"),
    "Foretold": (2, "detail"),
    "Change": (1,),
    "Flag": ("detail",),
    "Problem": (0, 1, 2, "problem", "cure", "words"),
    "Setting": (1, 4, "help"),
    "Field": (1, 3, "label", "help", "missing", "group"),
    "Told": (0, 1),
    "Door": ("title", "label", "summary"),
    "Fault": (1,),
    "Blocked": (0, 1),
    **dict.fromkeys(ERRORS.split(), (0,)),
    "UnreadableError": (0, 1),
    "_broken": (0, 1),
    "Maker": ("why_not_due",),
    "Format": ("title", "about"),
    "Source": ("title", "about", "help"),
    "RuleSet": ("title", "assumes"),
    "SetLine": ("title",),
    "Box": (1,),
    "TaxReturn": ("title", "basis"),
    "PydanticCustomError": (1,),
    "NotYet": (2, "detail"),
    "Settled": (0,),
    "Queue": ("title",),
    "withdraw": (2,),
    "_move": (3,),
    "_fits": (1,),
    "Shown": ("facts",),
    "_as": (0,),
    "ValidationError": (0,),
    **dict.fromkeys(FIELDS.split(), (0, "label", "help_text")),
}
"""What tables of words and sentences that are stored are made of: which arguments are messages, by place or name. They
are asked for where they are shown."""
COUNTED = {"KindSpec": ("title", "plural")}
"""The same of tables whose words are counted: how one is called and how several are, with an s where that is not said."""
_NO_WORDS = re.compile(r"[a-z0-9_.\[\]{}]*")
"""A name that programs know, where people may read a sentence."""
WORDS = {
    "documents/line_kinds.py": ("IN_WORDS", "WITHIN"),
    "feeds/places.py": ("KINDS", "AFTERWARDS"),
    "mapping/countries.py": ("NAMES",),
    "mapping/rule_words.py": ("LABELS", "SHAPES"),
    "sources/mapped/mapping.py": ("ENCODINGS", "DELIMITERS"),
}
"""Tables of words that other files ask for: the names of constants, by file."""
SPOKEN = {
    "catalog": "contacts problems",
    "companies": "saved_views closed",
    "connections": "calls consent failures features folders mailing outgoing permissions reaching standing stopping"
    " tokens",
    "documents": "stored",
    "feeds": "dues opening pairing places wires",
    "intake": "backfilling basis collecting dating door drafting due facts file_taking flagging giving_back judging"
    " noticing outlook plan prepare pulling replaying rules same_sales storing typing_refunds",
    "ledgers/files": "formats",
    "ledgers/xero": "bills oauth returns",
    "mapping": "carriage cash_steps posting_rules references rule_checks rule_sets suspicions totals",
    "outbox": "approving settling",
    "posting": "clearing ground",
    "sources/canonical": "amounts currencies moments parts schema sums wording",
    "sources": "http_answers json_text statuses",
    "sources/jsonfile": "*",
    "sources/kornitx": "export files reading rows source",
    "sources/mapped": "*",
    "sources/table": "*",
    "sources/xml": "*",
}
"""Files in which every sentence is said to people, wherever it stands: what their functions raise and return; by folder."""
_READS_AS_SENTENCE = re.compile(r"[A-Z“{][^\n]*[.:?)}]", re.DOTALL)
Message = str | tuple[str, str]
"""A pair: the forms for one and for several."""
Names = Mapping[str, Sequence[ast.expr]]
"""What names are given: the texts of a message that is put into words before it is used."""
NOTHING: Names = {}
_IN_ENGLISH = frozenset({"api", "migrations", "ops"})
"""Folders whose words are for programs and whoever runs Daybook."""


def said_in_code() -> Iterator[Message]:
    """Yield the messages of all files whose words people read in their language."""
    for path in sorted(SOURCES.rglob("*.py")):
        if not _IN_ENGLISH & set(path.relative_to(SOURCES).parts):
            yield from of_file(path)


def of_file(path: Path) -> Iterator[Message]:
    """Yield the messages of a file of code."""
    tree = ast.parse(path.read_text())
    yield from of_code(tree)
    constants = _assigned(tree.body)
    for name in WORDS.get(path.relative_to(SOURCES).as_posix(), ()):
        yield from (text for value in constants[name] for text in _texts(value, constants))
    spoken = SPOKEN.get(path.parent.relative_to(SOURCES).as_posix(), "").split()
    if path.stem in spoken or "*" in spoken:
        yield from _sentences(tree)


def _sentences(tree: ast.AST) -> Iterator[str]:
    """Yield every text that reads as a sentence: it begins with a capital letter or a fact, and ends as sentences do."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.JoinedStr | ast.Constant):
            texts = _texts(node, {})
            yield from (text for text in texts if _READS_AS_SENTENCE.fullmatch(text) and len(text.split()) > 2)
        if not isinstance(node, ast.JoinedStr):
            yield from _sentences(node)


def of_code(tree: ast.Module) -> Iterator[Message]:
    """Yield the messages that functions and tables are given in a module."""
    constants = _assigned(tree.body)
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        names = constants if scope is tree else {**constants, **_assigned(_within(scope))}
        for node in _within(scope):
            if isinstance(node, ast.Call):
                yield from _of_call(node, names)


def _of_call(node: ast.Call, names: Names) -> Iterator[Message]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ASKED and node.args:
        yield from _texts(node.args[0], names)
    elif name == "ngettext":
        yield from zip(_texts(node.args[0]), _texts(node.args[1]), strict=True)
    elif name in COUNTED:
        said = {keyword.arg: keyword.value for keyword in node.keywords}
        one, several = (next(_texts(said[each]), "") if each in said else "" for each in COUNTED[name])
        yield one, several or f"{one}s"
    elif name in TABLES or any(keyword.arg == REASON for keyword in node.keywords):
        given: dict[object, ast.expr] = dict(enumerate(node.args))
        given |= {keyword.arg: keyword.value for keyword in node.keywords}
        for each in (*TABLES.get(name, ()), REASON):
            if each in given:
                yield from (text for text in _texts(given[each], names) if not _NO_WORDS.fullmatch(text))


def _within(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function or a module, without what stands in functions within it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _within(node)


def _assigned(nodes: Iterable[ast.AST]) -> Names:
    """Return what names are given, where they are given something."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for name, value in _pairs(target, node.value):
                    found.setdefault(name, []).append(value)
    return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, its in zip(target.elts, value.elts, strict=False):
            yield from _pairs(each, its)


def _texts(node: ast.expr, names: Names = NOTHING) -> Iterator[str]:  # noqa: C901 - one case a kind of expression
    """Yield the text of a literal, of a choice (`a if x else b`) both; of a name, what it was given.

    An f-string is a sentence with facts: each is called after what stands in the braces. What is a phrase by itself
    there is a message, too.
    """
    match node:
        case ast.Constant(value=str() as text) if text.strip():
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body, names)
            yield from _texts(orelse, names)
        case ast.BoolOp(values=values):
            for each in values:
                yield from _texts(each, names)
        case ast.BinOp(left=left, right=right):
            yield from _texts(left, names)
            yield from _texts(right, names)
        case ast.Dict(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            for each in values:
                yield from _texts(each, names)
        case ast.Subscript(value=value) | ast.Call(func=ast.Attribute(value=value, attr="get" | "format")):
            yield from _texts(value, names)
        case ast.Name(id=name) if name in names:
            rest = {other: its for other, its in names.items() if other != name}
            for each in names[name]:
                yield from _texts(each, rest)
        case ast.JoinedStr():
            yield from (each for each in _filled(node, {}) if any(map(str.isalpha, _FACT.sub("", each))))
            for fact in (part.value for part in node.values if isinstance(part, ast.FormattedValue)):
                yield from (text for text in _texts(fact, names) if " " in text.strip())


_FACT = re.compile(r"\{\w+\}")


def _filled(node: ast.expr, known: dict[str, str]) -> list[str]:
    """Return the forms of a sentence with facts: one for each choice between phrases that stands in it.

    `known`: the facts so far, by their code.
    """
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=values):
            parts = [_filled(each, known) for each in values]
            return ["".join(each) for each in product(*parts)]
        case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]) if _is_phrase(one) or _is_phrase(
            other
        ):
            return [*_filled(one, known), *_filled(other, known)]
        case ast.FormattedValue(value=value):
            return _filled(value, known)
    code = ast.unparse(node)
    if code not in known:
        name = _called(node).lower().strip("_")
        known[code] = name if name not in known.values() else f"{name}{len(known) + 1}"
    return [f"{{{known[code]}}}"]


def _is_phrase(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _called(node: ast.expr) -> str:
    """Return what a fact is called: `net` of `figure(totals.net or ZERO)`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(args=[first, *_]) if not isinstance(first, ast.Constant):
            return _called(first)
        case ast.Call(func=ast.Attribute(value=value)) if not isinstance(value, ast.Constant):
            return _called(value)
        case ast.Call(func=inner):
            return _called(inner)
        case ast.Subscript(value=inner) | ast.IfExp(body=inner) | ast.BoolOp(values=[inner, *_]):
            return _called(inner)
        case ast.BinOp(left=inner) | ast.UnaryOp(operand=inner) | ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner):
            return _called(inner)
    return "fact"
