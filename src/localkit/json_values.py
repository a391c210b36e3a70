"""PURE: JSON as simulators hold and write it."""

from typing import Any

import msgspec

Json = dict[str, Any]

encode = msgspec.json.Encoder(decimal_format="number").encode


def given(**fields: object) -> Json:
    """Keep the fields that have a value; names are already spelt as the vendor spells them."""
    return {name: value for name, value in fields.items() if value is not None}
