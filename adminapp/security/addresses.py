"""Addresses that a request's headers name: anybody may send anything there."""

from urllib.parse import SplitResult, urlsplit

NOWHERE = SplitResult("", "", "", "", "")


def parts_of(text: str | None) -> SplitResult:
    """Return the parts of an address, all blank when it cannot be read."""
    try:
        return urlsplit(text or "")
    except ValueError:
        return NOWHERE
