"""What tells one content of an order from another."""

import hashlib
import json
from typing import Any


def content_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of canonical content, hex."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
