"""Numbers that a request carries: the revision a form was shown with, the page of a list. Anything else there is read as none."""

from flask import request

from adminapp.text import plain_number

MOST_PAGES = 4
"""Digits of a page number."""


def shown_rev() -> int:
    """Return the revision that the posted form was shown with; one that no document has when it tells none."""
    return rev_of(request.form.get("rev"))


def rev_of(text: str | None) -> int:
    """Return the revision that a text names, -1 for none."""
    number = plain_number(text)
    return -1 if number is None else number


def page_asked() -> int:
    """Return which page of a list the address asks for, from 1."""
    return max(1, plain_number(request.args.get("page"), MOST_PAGES) or 1)
