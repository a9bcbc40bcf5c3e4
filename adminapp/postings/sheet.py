"""What the printed sheet of a posting says: header and rows as texts, in the columns that its rows declare."""

from datetime import date

from adminapp import dates, divisions
from adminapp.notices.wording import day_text
from adminapp.postings.register import LEFT, LONG, UPHELD
from adminapp.postings.rows import COLUMNS


def period_of(posting: dict) -> tuple[date, date]:
    """Return first and last day: as they run, or as planned while nothing hangs."""
    start = date.fromisoformat(posting["start"] or posting["planned"])
    end = date.fromisoformat(posting["end"]) if posting["end"] else dates.add_days(start, posting["days"], posting["unit"])
    return start, end


def header_of(posting: dict, county: str) -> dict[str, str]:
    start, end = period_of(posting)
    long = posting["kind"] == LONG
    return {
        **({"amount": "保障金额"} if long else {}),
        "title": "社会救助对象长期公示表" if long else "社会救助审核公示表",
        "county": county, "township": divisions.name_of(posting["township"]), "village": divisions.name_of(posting["village"]),
        "issue": posting["issue"], "from": day_text(start), "to": day_text(end), "phone": posting["phone"], "office": posting["office"],
        "note": "金额单位：元。" + ("对公示对象有异议的，请向监督单位反映。" if long else
                f"公示期{posting['days']}{dates.UNITS[posting['unit']]}，对公示对象有异议的，请在公示期内向监督单位反映。"),
    }  # fmt: skip


def columns_of(posting: dict) -> list[str]:
    """Return every column that some row has, in the order of the sheet."""
    present = {key for row in posting["rows"] for key in row["texts"]} | {"type"}
    return [key for key in COLUMNS if key in present]


def rows_of(posting: dict) -> list[dict[str, str]]:
    """Return the rows to print; what a row's type does not declare is a dash. The type is the heading of each row."""
    columns = columns_of(posting)
    return [
        {key: row["texts"].get(key) or (row["type_name"] if key == "type" else "—") for key in columns}
        for row in posting["rows"]
        if row["state"] not in (LEFT, UPHELD)
    ]
