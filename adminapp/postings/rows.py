"""One row of a posting: the declared columns of a case as texts, frozen once for the sheet and once for the web.

Only what the declaration lists in `posted` gets a text, and what the county's switch adds where the type knows it. A
child is never named, here or anywhere in a posting.
"""

from datetime import date

from adminapp import dates, divisions
from adminapp.disclosure import posted_name
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.identity import parse_id
from adminapp.money import format_yuan
from adminapp.postings.register import LISTED, LONG
from adminapp.postings.settings import WIDE, PostingSettings

COLUMNS = {
    "name": "姓名", "village": "所在村（社区）", "type": "救助类型", "household_size": "家庭人口", "members": "家庭成员",
    "amount": "拟保障金额（元）", "reason": "救助原因",
}  # fmt: skip
"""Everything that a posting may show, in the order of the sheet."""
LONG_COLUMNS = ("name", "village", "household_size", "amount")
"""Of the long-term list: the items of 57号 第二十四条, and the village the list is for."""
LONG_LABELS = {"amount": "保障金额（元）"}
ADULT, CHILD = 18, "未成年人"
REASON = "main_cause"
"""The declared choice that gives the cause as a category (致困原因); free text and diagnoses are never posted."""


def label_of(column: str, posting: dict) -> str:
    """Return the heading of a column: what a posting proposes, a long-term list says that it is paid."""
    return LONG_LABELS.get(column, COLUMNS[column]) if posting["kind"] == LONG else COLUMNS[column]


class NeverPosted(Invalid):
    """The type protects its persons."""

    sentence = "儿童等受保护对象的案件不公示（民发〔2019〕62号 二）"


def columns_of(relief_type, settings: PostingSettings) -> list[str]:
    """Return the columns of a type in the order of the sheet. Raise NeverPosted for a protected type."""
    if relief_type.protected:
        raise NeverPosted()
    wanted = set(relief_type.posted) | (set(WIDE) if settings.wide else set())
    return [key for key in COLUMNS if key in wanted]


def freeze(case, relief_type, values, settings: PostingSettings) -> dict:
    """Return the row of a case: `texts` for the sheet, `web` for the public page, nothing that is not declared."""
    texts = {}
    for key in columns_of(relief_type, settings):
        text = TEXTS[key](case, relief_type, values)
        if text:
            texts[key] = text
    return {
        "case": case.pk, "type": case.type, "type_name": relief_type.name, "version": case.schema_version, "number": case.number,
        "name": case.name, "texts": texts, "web": web_texts(texts, settings), "rev": case.rev, "state": LISTED, "note": "",
    }  # fmt: skip


def web_texts(texts: dict, settings: PostingSettings) -> dict:
    """Return the texts as the public page shows them: names masked as the county set it."""
    shown = {key: text for key, text in texts.items() if key != "members"}
    if "name" in shown:
        shown["name"] = shown["name"] if shown["name"] == CHILD else posted_name(shown["name"], settings.names)
    if "members" in texts:
        shown["members"] = "、".join(
            part if part.startswith(CHILD) else posted_name(part, settings.names) for part in texts["members"].split("、")
        )
    return shown


def _size(case, relief_type, values):
    rows = values.raw.get("members")
    return str(max(1, len(rows or ()))) if relief_type.payment.unit == "household" else "1"


def _members(case, relief_type, values):
    """Return the names of adult members; minors are a number."""
    field = relief_type.live_fields.get("members")
    if field is None or relief_type.payment.unit != "household":
        return ""
    names, minors, on = [], 0, dates.today()
    for row in values.raw.get("members") or ():
        if not is_adult(read(row, "id_number"), on):
            minors += 1
        elif read(row, "name"):
            names.append(read(row, "name"))
    return "、".join([*names, *([f"{CHILD}{minors}名"] if minors else [])])


def is_adult(number: str | None, on: date) -> bool:
    """Tell whether an ID number is that of somebody grown up. Who is not known to be is never named."""
    try:
        return dates.age(parse_id(number or "").birth, on) >= ADULT
    except Invalid:
        return False


def _name(case, relief_type, values):
    return case.name if is_adult(values.raw.get("applicant_id"), dates.today()) else CHILD


def _reason(case, relief_type, values):
    field = relief_type.live_fields.get(REASON)
    if field is None or field.kind != "choice" or not values.visible(field):
        return ""
    return KINDS[field.kind].text(values.raw.get(field.id), field)


TEXTS = {
    "name": _name,
    "village": lambda case, relief_type, values: divisions.name_of(case.village),
    "type": lambda case, relief_type, values: relief_type.name,
    "household_size": _size,
    "members": _members,
    "amount": lambda case, relief_type, values: format_yuan(case.amount or 0),
    "reason": _reason,
}
