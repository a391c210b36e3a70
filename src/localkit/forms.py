"""PURE: what a person typed into a form."""

from decimal import Decimal, InvalidOperation


class FormError(ValueError):
    """What was typed cannot be read; says which field and what is right."""


def number_in(text: str, field: str) -> Decimal | None:
    """Read a number, with or without thousands; None where nothing was typed. Raises FormError."""
    plain = text.replace(",", "").strip()
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation as reason:
        message = f"{field}: {text.strip()!r} is not a number. Type one such as 12.50."
        raise FormError(message) from reason
    if not value.is_finite():
        message = f"{field}: {text.strip()!r} is not a number. Type one such as 12.50."
        raise FormError(message)
    return value
