"""Keeps the public pages as the postings and the declarations are: at once for a posting, every minute for the rest."""

import logging

from adminapp import database, dates
from adminapp.outputs import outputs
from adminapp.postings import register as postings
from adminapp.public import pages, store
from adminapp.public.page import Page

RENDER, SKIN = "public_page", "public_skin"
log = logging.getLogger(__name__)


def everything(engine, on=None) -> int:
    """Make what changed and drop what is over; return how many pages were made. Safe to repeat, by several at once."""
    wanted, known = pages.wanted(engine, on or dates.today()), store.known()
    store.drop(known.keys() - wanted.keys())
    made = [address for address, page in wanted.items() if known.get(address) != _inputs(page)]
    for address in made:
        make(address, wanted[address])
    return len(made)


def sweep(engine) -> int:
    return everything(engine) if RENDER in outputs else 0


def posting_changed(posting_id: str):
    """Show, show anew or take away the page of a posting; what lists it follows with the next sweep."""
    posting = database.raw(postings.COLLECTION).find_one({"_id": posting_id}, pages.HEAD)
    if posting is None:
        return
    address = pages.posting_address(posting)
    if posting["state"] != postings.POSTED:
        store.drop([address] if posting["kind"] == postings.REVIEW else [])
    elif RENDER in outputs:
        make(address, pages.posting_page(posting))


def make(address: str, page: Page):
    """Render a page and store it. One that cannot be made goes away: an old one would show what no longer holds."""
    try:
        html = outputs[RENDER](page.template, page.make())
    except Exception:
        log.exception("public page %s could not be made", address)
        store.drop([address])
        return
    store.put(address, html, _inputs(page), page.since, page.until)


def _inputs(page) -> str:
    return f"{outputs[SKIN]()}:{page.inputs}"
