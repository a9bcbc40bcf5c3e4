"""Reads the workbook of divisions: the sheets 县, 乡镇 and 村（社区）, each by its layout, all or nothing."""

import re

from adminapp.divisions.model import Division
from adminapp.divisions.reading import read_data
from adminapp.divisions.tables import Table
from adminapp.errors import Invalid
from adminapp.tabular import layouts, read_sheets

SHEETS = {"county": "divisions_county", "townships": "divisions_townships", "villages": "divisions_villages"}
"""Part of the table → layout; the layout's title is the name of the sheet."""
_PATH = re.compile(r"(?P<part>townships|villages)\[(?P<index>\d+)\](?:\.\w+)?: (?P<told>.*)")
MOST = 2_000
"""Rows of a sheet; the largest county of the country has a third of it."""


def read(data: bytes, known: Table) -> Table:
    """Return the table of a file. What people do not write into it (weights of the demo) is taken from `known`.

    Raise Invalid whose `problems` are sentences, each naming sheet and row.
    """
    sheets, parts, problems = read_sheets(data), {}, []
    for part, key in SHEETS.items():
        layout = layouts()[key]
        if layout.title not in sheets:
            raise Invalid(f"缺少工作表“{layout.title}”。请下载现行的区划表，在它上面修改。")
        parts[part] = list(layout.read(sheets[layout.title]))
        problems += [f"“{layout.title}”第 {row.number} 行：{told}" for row in parts[part] for _place, told in row.problems]
        if len(parts[part]) > MOST:
            raise Invalid(f"“{layout.title}”超过 {MOST} 行，请检查文件。")
    if len(parts["county"]) != 1 and not problems:
        problems.append(f"“县”应只有一行，现有 {len(parts['county'])} 行")
    if problems:
        raise Invalid(problems[0], problems)
    return Table(_divisions(parts, known), _offices(parts))


def _divisions(parts, known):
    county = parts["county"][0].values
    kept = {one.code: one for one in known.divisions}
    rows = {part: [_row(row.values, kept.get(row.values["code"])) for row in parts[part]] for part in ("townships", "villages")}
    try:
        return read_data({"county": {"code": county["code"], "name": county["name"]}, **rows})
    except Invalid as error:
        raise Invalid("区划表有错", [_told(problem, parts) for problem in error.problems]) from error


def _row(values, kept: Division | None):
    row = {"code": values["code"], "name": values["name"], "old_names": _names(values["old_names"])}
    row |= {key: values[key].isoformat() if values[key] else "" for key in ("from", "to")}
    if kept:
        row |= {"weight": str(kept.weight), "seat": "true" if kept.seat else ""}
    return {key: value for key, value in row.items() if value}


def _names(text):
    return [name.strip() for name in re.split("[、，,]", text or "") if name.strip()]


def _told(problem, parts):
    """Return a problem with its sheet and row, as the writer of the workbook sees them."""
    found = _PATH.fullmatch(problem)
    if not found:
        return f"“县”：{problem.split(': ', 1)[-1]}"
    title, row = layouts()[SHEETS[found["part"]]].title, parts[found["part"]][int(found["index"])]
    return f"“{title}”第 {row.number} 行：{found['told']}"


def _offices(parts):
    county = parts["county"][0].values
    townships = {row.values["code"]: {"name": row.values["office"], "mark": row.values["mark"], "phone": row.values["phone"]} for row in parts["townships"]}
    office = {"name": county["office"], "mark": "", "phone": county["phone"]}
    return {"mark": county["mark"], "county": office, "county_phone": county["complaints"], "townships": townships}


def rows(table: Table) -> dict[str, list[dict]]:
    """Return {sheet title: rows} of a table, as the workbook shows them and `read` takes them."""
    held, offices = table.divisions, table.offices
    county = {"code": held.county_code, "name": held.county_name, "office": offices["county"]["name"], "mark": offices["mark"]}
    county |= {"phone": offices["county"]["phone"], "complaints": offices["county_phone"]}
    townships, villages = [], []
    for one in held:
        row = {"code": one.code, "name": one.name, "old_names": "、".join(one.old_names), "from": one.valid_from, "to": one.valid_to}
        office = offices["townships"].get(one.code, {})
        row |= {"office": office.get("name", ""), "mark": office.get("mark", ""), "phone": office.get("phone", "")}
        (villages if one.is_village else townships).append(row)
    return {layouts()[SHEETS[part]].title: found for part, found in (("county", [county]), ("townships", townships), ("villages", villages))}
