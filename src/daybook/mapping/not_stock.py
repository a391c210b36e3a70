"""PURE: a company's list of SKUs that are no stock: set-up fees, gift wrap, kits whose parts are the stock."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class NotStock:
    """SKUs and patterns, without regard to capitals."""

    skus: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()

    def names(self, sku: str) -> bool:
        """Tell whether the list holds this SKU, by itself or by a pattern."""
        code = sku.casefold()
        return code in self.skus or any(fnmatchcase(code, pattern) for pattern in self.patterns)


def read(text: str) -> NotStock:
    """Return the list that a person typed: a SKU or a pattern in each line, `*` for any characters and `?` for one."""
    typed = [line.strip().casefold() for line in text.splitlines() if line.strip()]
    patterns = [one for one in typed if "*" in one or "?" in one]
    return NotStock(
        skus=frozenset(typed) - frozenset(patterns),
        patterns=tuple(pattern.replace("[", "[[]") for pattern in patterns),
    )
