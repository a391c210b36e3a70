"""The process in which a company's template is run (`templates.py`): it is told everything at once, answers, and ends."""

import csv
import io
import json
import resource
import signal
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import jinja2
from jinja2 import Undefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from daybook.wire.templates import (
    CPU_OF_EACH,
    CPU_SECONDS,
    CPU_TO_SAY_SO,
    LARGEST,
    MEMORY,
    MOST_ROUNDS,
    MOST_STOPPED,
)

_LONGEST_WORDS = 300
_TOO_LONG = "it ran for too long"


class TooMuchError(Exception):
    """The template wants more than it may have."""


def main() -> None:
    """Read the template and its contexts from the standard input, and say what each comes to."""
    asked = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    signal.signal(signal.SIGPROF, _stop)
    sys.stdout.buffer.write(json.dumps(list(_answers(asked["template"], asked["contexts"]))).encode())


def _answers(template: str, contexts: list[str]) -> Iterator[dict[str, str]]:
    stopped = 0
    for context in contexts:
        if stopped >= MOST_STOPPED:
            yield {"failed": _TOO_LONG, "too_much": "yes"}
            continue
        signal.setitimer(signal.ITIMER_PROF, _seconds(contexts))
        said = _answer(template, context)
        signal.setitimer(signal.ITIMER_PROF, 0)
        stopped += said.get("failed") == _TOO_LONG
        yield said


def _seconds(contexts: list[str]) -> float:
    """Return how much CPU the next text may take."""
    left = CPU_SECONDS - CPU_TO_SAY_SO - time.process_time()
    return CPU_OF_EACH if len(contexts) > 1 else max(left, CPU_TO_SAY_SO)  # 0 would be no limit, and less no number


def _stop(*_: object) -> None:
    raise TooMuchError(_TOO_LONG)


def _answer(template: str, context: str) -> dict[str, str]:
    try:
        orders = json.loads(context, object_hook=_read)
        made = _environment().from_string(template)
        return {"text": "".join(_bounded(made.generate(orders=orders, order=orders[0])))}
    except TooMuchError as error:
        return {"failed": str(error), "too_much": "yes"}
    except (MemoryError, RecursionError, OverflowError):
        return {"failed": "it wanted too much memory", "too_much": "yes"}
    except jinja2.TemplateSyntaxError as error:
        return {"failed": f"line {error.lineno}: {error.message}"[:_LONGEST_WORDS]}
    except Exception as error:  # noqa: BLE001 - whatever a stranger's program comes to is said in words
        return {"failed": _said(error)[:_LONGEST_WORDS]}


def _said(error: Exception) -> str:
    """Return what went wrong and in which line of the template."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f"line {line}: " if line else ""
    if isinstance(error, SecurityError):
        return f"{where}it reaches for something that templates may not have ({error})"
    if isinstance(error, jinja2.TemplateNotFound):
        return f"{where}it asks for another template, and there is none but this one"
    return f"{where}{error or type(error).__name__}"


def _bounded(pieces: Iterator[str]) -> Iterator[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LARGEST:
            raise TooMuchError(f"its text has more than {LARGEST:,} characters")
        yield piece


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with a limit on what one text may do."""

    intercepted_binops = frozenset({"**", "*"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`order.items` are the order's items, whatever a dictionary of Python's has of that name."""
        return obj[attribute] if isinstance(obj, dict) and attribute in obj else super().getattr(obj, attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("** is not offered")
        if operator == "*" and any(isinstance(each, str | list | tuple) for each in (left, right)):
            counts = [each for each in (left, right) if isinstance(each, int)]
            if counts and counts[0] > 10_000:
                raise TooMuchError("it repeats a text more than 10,000 times")
        return super().call_binop(context, operator, left, right)


class _Strict(jinja2.StrictUndefined):
    """What is not there is a mistake, and not an empty text."""

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or f"there is no “{self._undefined_name}”"


def _environment() -> _Environment:
    made = _Environment(undefined=_Strict, autoescape=False, keep_trailing_newline=True, optimized=False)
    made.loader = jinja2.DictLoader({})
    made.globals = {"range": _range, "namespace": jinja2.utils.Namespace, "joiner": jinja2.utils.Joiner}
    made.filters.update(money=_money, csv=_csv, xml=_xml, attribute=_attribute, day=_day, number=_number)
    for name in ("pprint", "random", "xmlattr", "urlize"):
        made.filters.pop(name, None)
    return made


def _range(*bounds: int) -> range:
    made = range(*bounds)
    if len(made) > MOST_ROUNDS:
        raise TooMuchError(f"its loops go round more than {MOST_ROUNDS:,} times")
    return made


def _money(value: Any, decimals: int = 2) -> str:
    """12.5 -> 12.50; nothing for what the order does not say."""
    if value is None or isinstance(value, Undefined):
        return ""
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-min(int(decimals), 8)), rounding=ROUND_HALF_UP):f}"


def _number(value: Any) -> str:
    """0.2500 -> 0.25."""
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _csv(value: Any, separator: str = ",") -> str:
    """One cell, in quotes where it needs them; what a spreadsheet would work out is made a text."""
    text = "" if value is None else str(value)
    is_formula = text[:1] in {"=", "@", "\t", "\r"} or (text[:1] in {"+", "-"} and not _is_number(text))
    cell = io.StringIO()
    csv.writer(cell, delimiter=separator, lineterminator="").writerow([("'" if is_formula else "") + text, ""])
    return cell.getvalue()[: -len(separator)]


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()


def _xml(value: Any) -> str:
    return "" if value is None else escape(str(value))


def _attribute(value: Any) -> str:
    return quoteattr("" if value is None else str(value))


def _day(value: Any, form: str = "%Y-%m-%d") -> str:
    if value is None:
        return ""
    if not isinstance(value, date):
        raise TypeError("day is for dates, such as order.date")
    return value.strftime(form[:50])


def _read(said: dict[str, Any]) -> Any:
    """Return decimals and days as such."""
    if len(said) == 1:
        match said:
            case {"__Decimal__": text}:
                return Decimal(text)
            case {"__date__": text}:
                return date.fromisoformat(text)
            case {"__datetime__": text}:
                return datetime.fromisoformat(text)
    return said
