"""Which public pages there are on a day, and what each says: front, townships, villages, postings, long-term lists, policies.

Nothing here reads a case or an award. A posting page says what its document froze for the web, row by row, and only of
rows that still stand; where nothing stands there is no page.
"""

from collections import defaultdict
from datetime import date

from adminapp import database, dates, divisions
from adminapp.legal_basis import legal_basis
from adminapp.notices.wording import day_text
from adminapp.postings import register as postings
from adminapp.postings.rows import COLUMNS, label_of
from adminapp.public import policies
from adminapp.public.page import Page, digest_of

HEAD = {"rows": 0, "photos": 0, "history": 0, "maker": 0, "active": 0}


def posting_address(posting: dict) -> str:
    return f"long/{posting['village']}" if posting["kind"] == postings.LONG else f"postings/{posting['_id']}"


def wanted(engine, on: date) -> dict[str, Page]:
    """Return {address: page} of everything that is public on a day."""
    up = [row for row in standing() if row["start"] <= on.isoformat() <= row["end"]]
    pages = {posting_address(posting): posting_page(posting) for posting in up}
    pages |= policies.pages(engine, on)
    listed = policies.listed(engine)
    return pages | _places(up, listed, on)


def standing() -> list[dict]:
    """Return the heads of all postings that hang, without their rows."""
    return list(database.raw(postings.COLLECTION).find({"state": postings.POSTED}, HEAD, sort=[("_id", 1)]))


def posting_page(posting: dict) -> Page:
    """Return the page of a posting that hangs; its rows are read when it is made."""
    inputs = f"{posting['_id']}:{posting['rev']}"
    return Page("posting.html", inputs, lambda: posting_values(posting["_id"]), posting["start"], posting["end"])


def posting_values(posting_id: str) -> dict:
    posting = database.raw(postings.COLLECTION).find_one({"_id": posting_id}, {"photos": 0, "history": 0})
    rows = [row for row in posting["rows"] if row["state"] in postings.SHOWN]
    columns = [key for key in COLUMNS if key == "type" or any(key in row["web"] for row in rows)]
    return {
        "id": posting["_id"], "long": posting["kind"] == postings.LONG, "issue": posting["issue"],
        "place": divisions.full_name(posting["village"]), "village": posting["village"],
        "start": _day(posting["start"]), "end": _day(posting["end"]), "days": posting["days"], "unit": dates.UNITS.get(posting["unit"], ""),
        "phone": posting["phone"], "office": posting["office"], "month": _month(posting.get("month")),
        "columns": [{"key": key, "label": label_of(key, posting)} for key in columns],
        "rows": [{key: row["web"].get(key) or (row["type_name"] if key == "type" else "") for key in columns} for row in rows],
    }  # fmt: skip


def _places(up, listed, on):
    """Return the front page, and one for each township and village."""
    by_village, long = defaultdict(list), {}
    for posting in up:
        if posting["kind"] == postings.LONG:
            long[posting["village"]] = {"month": _month(posting["month"]), "address": posting_address(posting)}
        else:
            by_village[posting["village"]].append(
                {"issue": posting["issue"], "start": _day(posting["start"]), "end": _day(posting["end"]), "address": posting_address(posting)}
            )
    pages, townships = {}, []
    for township in divisions.townships(on):
        villages = []
        for village in divisions.villages(township.code, on):
            here = by_village.get(village.code, [])
            villages.append({"code": village.code, "name": village.name, "postings": len(here), "long": village.code in long})
            pages[f"villages/{village.code}"] = _page("village.html", {
                "name": village.name, "township": township.name, "township_code": township.code, "postings": here,
                "long": long.get(village.code), "office": _office(township.code), "types": listed,
            })  # fmt: skip
        running = sum(item["postings"] for item in villages)
        townships.append({"code": township.code, "name": township.name, "postings": running})
        values = {"name": township.name, "villages": villages, "office": _office(township.code)}
        pages[f"townships/{township.code}"] = _page("township.html", values)
    pages[""] = _page("front.html", {"townships": townships, "types": listed})
    return pages


def _office(township) -> dict:
    office = legal_basis().office(township)
    return {"name": office.name, "phone": office.phone}


def _page(template, values) -> Page:
    return Page(template, digest_of(values), lambda: values)


def _month(text) -> str:
    return f"{text[:4]}年{int(text[5:])}月" if text else ""


def _day(text) -> str:
    return day_text(date.fromisoformat(text))
