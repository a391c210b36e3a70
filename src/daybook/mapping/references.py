"""The Reference of a document: what the company's template says, and Daybook's own mark beside it."""

import re

from daybook.mapping.orders import Order
from daybook.mapping.texts import writable

FIELDS = ("ref", "external_ref", "customer", "currency", "date", "number")
"""What a template may name in braces."""
REASONED = "{ref} {reason}"
"""Of credit notes: what they are about, and why."""
_LONGEST = 255
_FIELD = re.compile(r"\{([^{}]*)\}")
_MARK = re.compile(r"\[db:([^\[\]\s]+)\]")


def reference(order: Order, template: str, *, number: str, reason: str = "") -> str:
    """Return the template's text, cut where needed, and " [db:MARK]": together at most 255 characters, the mark whole.

    A field the template misnames is left empty; `template_problem` tells the person beforehand.
    """
    values = {
        "ref": order.ref,
        "external_ref": order.external_ref,
        "customer": order.customer_name,
        "currency": order.currency,
        "date": order.document_date.isoformat(),
        "number": number,
        "reason": reason,
    }
    text = _FIELD.sub(lambda match: values.get(match[1].strip(), ""), template)
    text = " ".join(writable(text).split()).replace("[db:", "(db:")
    if not order.mark:
        return text[:_LONGEST].rstrip()
    mark = f"[db:{order.mark}]"
    return f"{text[: _LONGEST - len(mark) - 1].rstrip()} {mark}".lstrip()


def mark_in(reference: str) -> str | None:
    """Return Daybook's mark in a reference as it was read, also where a person wrote around it; None without one."""
    marks = _MARK.findall(reference)
    return marks[-1] if marks else None


def template_problem(template: str) -> str | None:
    """Return in one sentence what is wrong with a reference template, or None."""
    names = [name.strip() for name in _FIELD.findall(template)]
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        name = f"{{{unknown[0]}}}"
        return f"{name} is not known. Use {known}."
    rest = _FIELD.sub("", template)
    if "{" in rest or "}" in rest:
        return "A brace is opened or closed without its partner."
    return "Leave out [db:…]: Daybook adds its mark itself." if "[db:" in rest else None
