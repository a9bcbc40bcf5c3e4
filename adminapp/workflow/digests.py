"""The digest of a document: SM3 of its canonical text, the same before it is stored and after it comes back."""

import hashlib
import json
from datetime import date, datetime


def digest(content: dict) -> str:
    """Return the SM3 of a document of plain values, keys in order."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_canonical)
    return hashlib.new("sm3", text.encode()).hexdigest()


def _canonical(value):
    if isinstance(value, datetime):
        # MongoDB keeps milliseconds, and gives back a day as its midnight: what is hashed must read the same.
        return value.replace(microsecond=value.microsecond // 1000 * 1000).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
