"""The search box: part of a name, pinyin initials, a case number, or a whole ID number.

One indexed query, no sorting in the database.
"""

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from adminapp import audit, sealing
from adminapp.errors import Invalid
from adminapp.text import normalise

LIMIT = 50
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
CASE_NUMBER = re.compile(r"[0-9]{6,12}[0-9A-Z]{0,16}")


@dataclass(frozen=True)
class Wanted:
    """A query and the index that carries it; `index` takes the township in front where the query has one."""

    query: dict
    index: str
    by_township: str | None = None


def wanted(text: str) -> Wanted | None:
    """Return how to look for what was typed, None when it is blank.

    A name is found by any part of it, initials likewise.
    """
    try:
        text = re.sub(r"\s", "", normalise(text or "")[:60])
    except Invalid:  # signs that stand in no name
        return None
    if not text:
        return None
    number = normalise(text, numbers=True).upper()
    if ID_NUMBER.fullmatch(number):
        return Wanted({"people.key": sealing.key_of(number)}, "people")
    if CASE_NUMBER.fullmatch(number):
        return Wanted({"number": {"$regex": f"^{number}"}}, "number")
    word = text.lower() if text.isascii() else text
    return Wanted({"terms": {"$regex": f"^{re.escape(word)}"}}, "terms", "township_terms")


def find(collection, text: str, query: dict, projection=None) -> tuple[list[dict], bool]:
    """Return (rows, more): cases that match text and `query`, newest first, LIMIT at most.

    A look-up by ID number is logged.
    """
    want = wanted(text)
    if want is None:
        return [], False
    if want.index == "people":
        audit.log("search", by="id_number")
    index = want.by_township if want.by_township and isinstance(query.get("township"), str) else want.index
    rows = list(collection.find({**query, **want.query}, projection, limit=LIMIT + 1, hint=index))
    return sorted(rows[:LIMIT], key=lambda row: row["_id"], reverse=True), len(rows) > LIMIT


def hint() -> str:
    return _("姓名、首字母、编号或完整身份证号")
