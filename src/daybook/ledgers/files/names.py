"""PURE: the names of order files: safe on every file system, and one name for one order.

A number of capital letters, digits, dots and dashes is the name as it stands: `WEB-100045.xml`. In any other number what
is unsafe becomes a dash, and ten characters made of the whole number follow, so that no two numbers come to one name,
not even where `ab1` and `AB1` are one: `1001_8d570b1d8f.xml` for `#1001`.
"""

import hashlib
import re
import unicodedata

LONGEST_STEM = 80
"""Characters. With everything behind it a name stays below 143 bytes, the least that a file system in use takes."""
ENDING = ".xml"
PART_ENDING = ".part"
_AS_IT_STANDS = re.compile(rf"[A-Z0-9][A-Z0-9.-]{{0,{LONGEST_STEM - 1}}}")
_UNSAFE_RUN = re.compile(r"[^A-Za-z0-9.-]+")
_ATTEMPT = re.compile(r"[a-z0-9]{1,32}")
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[0-9])(\.|$)", re.IGNORECASE)
"""Windows takes these for devices, whatever stands behind the first dot."""


def batch_name(number: int, ending: str) -> str:
    """Return the name of the file of one run: they are numbered, so that a missing one is seen."""
    return f"orders-{number:06}{ending}"


def file_name(number: str, ending: str = ENDING) -> str:
    """Return the name of an order's file; `number` is what people call the order, with any prefix."""
    if _AS_IT_STANDS.fullmatch(number) and not _RESERVED.match(number):
        return number + ending
    letters = (letter for letter in unicodedata.normalize("NFKD", number) if not unicodedata.combining(letter))
    stem = _UNSAFE_RUN.sub("-", "".join(letters)).strip("-.")[:LONGEST_STEM]
    if not stem or _RESERVED.match(stem):
        stem = f"order-{stem}".rstrip("-")
    digest = hashlib.sha256(number.encode(errors="surrogatepass")).hexdigest()[:10]
    return f"{stem}_{digest}{ending}"


def part_name(name: str, attempt: str) -> str:
    """Return the name under which an attempt writes the file. `attempt`: its public id, the only one of that name."""
    if not _ATTEMPT.fullmatch(attempt):
        raise ValueError(f"no id of an attempt: {attempt!r}")
    return f"{name}.{attempt}{PART_ENDING}"
