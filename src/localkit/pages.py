"""The templates of a simulator's pages, and the filters they use."""

from datetime import date, datetime
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from localkit.clock import instant


def money(value: Decimal | None) -> str:
    """Write an amount with thousands and two decimals."""
    return "" if value is None else f"{value:,.2f}"


def price(value: Decimal | None) -> str:
    """Write a price with two decimals, or up to four where it has them."""
    if value is None:
        return ""
    whole, _, places = f"{value:,.4f}".partition(".")
    return f"{whole}.{places[:2]}{places[2:].rstrip('0')}"


def number(value: Decimal | None) -> str:
    """Write a number without trailing zeros."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date | None) -> str:
    """Write a calendar date."""
    return "" if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | int) -> str:
    """Write an instant in UTC."""
    return f"{instant(value) if isinstance(value, int) else value:%d %b %Y %H:%M:%S}"


def environment(package: str) -> Environment:
    """Make the templates of a package ready, in its folder `templates`."""
    made = Environment(loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters.update(money=money, price=price, number=number, day=day, moment=moment)
    return made
