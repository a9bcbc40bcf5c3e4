"""The rows behind a number of a report: which they are, what the number is called, and each as a row of a table."""

from flask import url_for
from flask_babel import gettext as _

from adminapp import divisions
from adminapp.money import format_yuan
from adminapp.reports import figures, quarters, tables
from adminapp.reports.rows import MARKS, TRAITS


def query_of(report: dict, wanted: dict) -> dict:
    """Return the filter of the rows that a number counts; the scope is added by the collection."""
    months = quarters.months_behind(report, wanted["mark"]) if "months" in report else [report["_id"]]
    query = {"month": months[0] if len(months) == 1 else {"$in": months}} | {key: wanted[key] for key in ("township", "type", "class") if wanted[key]}
    if wanted["class"] == figures.NO_CLASS:
        query["class"] = ""
    if wanted["trait"]:
        query[wanted["trait"]] = {"$gt": 0}
    query["marks"] = wanted["mark"] or {"$in": list(figures.COUNTED)}
    return query


def title_of(wanted, types):
    labels = tables.class_labels(types, wanted["type"])
    parts = [
        divisions.name_of(wanted["township"]),
        tables.name_of(types, wanted["type"]) if wanted["type"] else "",
        (_("未分类") if wanted["class"] == figures.NO_CLASS else labels.get(wanted["class"], wanted["class"])) if wanted["class"] else "",
        _(MARKS[wanted["mark"]]) if wanted["mark"] else "",
        _(TRAITS[wanted["trait"]]) if wanted["trait"] else "",
    ]
    return " · ".join(part for part in parts if part) or _("本月全部")


def columns():
    return [
        {"key": "name", "label": _("姓名和编号"), "main": True},
        {"key": "type", "label": _("救助类型")},
        {"key": "place", "label": _("村（社区）")},
        {"key": "marks", "label": _("计入")},
        {"key": "before", "label": _("期初人数"), "align": "r"},
        {"key": "change", "label": _("增减"), "align": "r"},
        {"key": "size", "label": _("期末人数"), "align": "r"},
        {"key": "due", "label": _("本月应发(元)"), "align": "r"},
    ]


def row_of(row, types):
    change = " ".join(filter(None, (f"+{row['plus']}" if row["plus"] else "", f"−{row['minus']}" if row["minus"] else "")))
    cells = {
        "name": {"text": row["name"], "sub": row["number"]},
        "type": tables.name_of(types, row["type"]),
        "place": {"text": divisions.name_of(row["village"]), "sub": divisions.name_of(row["township"])},
        "marks": "、".join(_(MARKS[mark]) for mark in row["marks"]),
        "before": str(row["before"] or ""),
        "change": change,
        "size": str(row["size"] or ""),
        "due": format_yuan(row["due"]) if row["due"] else "",
    }
    return {"url": url_for("awards.show", id=row["award"]), "cells": cells}
