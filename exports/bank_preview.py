"""What a bank profile would send, shown before anybody uses it: with invented payees, or with those of a sealed list."""

from datetime import date

from adminapp.bank.profile import BankProfile
from exports import bankfile

MARK = "虚构"
SAMPLES = (
    {"name": "龙秀英", "account": "6217000000000000015", "amount": 47000, "id_number": "433123195603074216", "summary": "农村低保"},
    {"name": "吴䶮", "account": "6217000000000000023", "amount": 123456, "id_number": "433123201501010017", "summary": "农村特困"},
    {"name": "阿布都拉·买买提", "account": "6217000000000000031", "amount": 8000, "id_number": "433123192412310024", "summary": "护理补贴"},
)
"""Invented payees: a plain one, one with a rare character, one with a long name."""
SHOWN = 12


def rows() -> list[dict]:
    """Return the samples with every source a profile may ask for."""
    common = {"bank": f"{MARK}农商银行", "township": "沱江镇", "village": f"{MARK}村", "phone": "13800000000", "type": "农村低保",
              "month": "2026-09", "locked_on": date(2026, 8, 24)}  # fmt: skip
    return [
        {**common, **sample, "reference": f"20260901{serial:06d}", "number": f"4331231090000{serial:02d}", "person": sample["name"]}
        for serial, sample in enumerate(SAMPLES, 1)
    ]


def preview(profile: BankProfile, given: list[dict] | None = None) -> dict:
    """Return ``{header, lines, total, text, size, count, amount, problems, warnings, encoding, name}`` of the file.

    `lines` are the first SHOWN; `text` is the beginning of the file as it would be written, "" for a workbook or when there are
    problems; `size` its bytes.
    """
    built = bankfile.check(profile, rows() if given is None else given)
    content = b"" if built.problems else bankfile.render(built)
    text = "" if profile.layout == "xlsx" or not content else content.decode(built.profile.encoding)
    return {
        "header": [column.title for column in profile.columns], "lines": built.lines[:SHOWN], "total": built.total_line,
        "text": "\n".join(text.splitlines()[: SHOWN + 2]), "size": len(content), "count": built.count, "amount": built.total,
        "problems": [vars(problem) for problem in built.problems], "warnings": [vars(problem) for problem in built.warnings],
        "encoding": built.profile.encoding,
        "name": bankfile.file_name(profile, type="农村低保", month="202609", batch="1", date="20260824", count=str(built.count), total=str(built.total)),
    }  # fmt: skip
