"""Public pages as they are sent: made beforehand, found by their address, shown within their days (collection `public_pages`).

``{_id: address below /public/, body: gzip bytes, etag, inputs, since, until, at}``. `since` and `until` are ISO days, both
included, None is no limit: a page outside of them is not there, whatever else went wrong. `inputs` tells what it was made
from, so that it is made again only when that changed. A page read a moment ago is kept in the process for a few seconds:
a village that looks all at once costs the database one read.
"""

import gzip
import hashlib
import time
from datetime import date

from adminapp import database, dates

COLLECTION = "public_pages"
KEPT_SECONDS, KEPT_PAGES = 5, 300

_kept: dict[str, tuple[float, dict | None]] = {}


def read(address: str, on: date) -> dict | None:
    """Return the page of an address on a day, None when there is none or its days are over."""
    page = _stored(address)
    if page is None:
        return None
    day = on.isoformat()
    return page if (page["since"] or day) <= day <= (page["until"] or day) else None


def _stored(address):
    key, now = f"{database.current().name}:{address}", time.monotonic()
    at, page = _kept.get(key, (0, None))
    if not at or now - at > KEPT_SECONDS:
        page = database.raw(COLLECTION).find_one({"_id": address})
        if page is None:
            return None
        if len(_kept) >= KEPT_PAGES:
            _kept.clear()
        _kept[key] = (now, page)
    return page


def put(address: str, html: str, inputs: str, since: str | None = None, until: str | None = None):
    """Store a page whole, in place of what was there."""
    body = gzip.compress(html.encode(), mtime=0)
    etag = hashlib.sha256(body).hexdigest()[:20]
    page = {"body": body, "etag": etag, "inputs": inputs, "since": since, "until": until, "at": dates.now()}
    database.raw(COLLECTION).replace_one({"_id": address}, page, upsert=True)
    _forget(address)


def drop(addresses):
    """Take pages away."""
    for address in addresses:
        database.raw(COLLECTION).delete_one({"_id": address})
        _forget(address)


def known() -> dict[str, str]:
    """Return {address: inputs} of every page."""
    return {row["_id"]: row["inputs"] for row in database.raw(COLLECTION).find({}, {"inputs": 1})}


def _forget(address):
    _kept.pop(f"{database.current().name}:{address}", None)
