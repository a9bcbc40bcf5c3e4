"""The blueprint of fund requests, and rows that its screens share."""

from flask import Blueprint
from flask_babel import gettext as _

from adminapp.funds import requests, table
from adminapp.money import format_yuan, signed_yuan

blueprint = Blueprint("funds", __name__, url_prefix="/funds")


def state_of(request: dict) -> dict:
    return {"label": _(requests.STATES[request["state"]]), "tone": requests.TONES[request["state"]]}


def columns(first: str, reasons: bool = True) -> list[dict]:
    """Return the columns of a table of sums, the first one named `first`."""
    shown = [
        {"key": "name", "label": first, "main": True},
        {"key": "households", "label": _("户数"), "align": "r"},
        {"key": "people", "label": _("人数"), "align": "r"},
        {"key": "amount", "label": _("本月(元)"), "align": "r"},
        {"key": "before", "label": _("上月(元)"), "align": "r"},
        {"key": "change", "label": _("增减(元)"), "align": "r"},
    ]
    return [*shown, {"key": "reasons", "label": _("增减原因"), "full": True}] if reasons else shown


def cells(row: dict) -> dict:
    """Return the cells of a row of sums, or of the request itself."""
    return {
        "name": row.get("name", _("合计")),
        "households": f"{row['households']:,}",
        "people": f"{row['people']:,}",
        "amount": format_yuan(row["amount"]),
        "before": format_yuan(row["before"]),
        "change": signed_yuan(row["amount"] - row["before"]),
        "reasons": table.told(row) if row.get("reasons") else "",
    }


def sums_by(rows: list[dict], field: str) -> list[dict]:
    return [{"id": row["key"], "cells": cells(row)} for row in table.by(rows, field)]


def tiles(request: dict) -> list[dict]:
    return [
        {"label": _("户数"), "value": f"{request['households']:,}", "unit": _("户")},
        {"label": _("人数"), "value": f"{request['people']:,}", "unit": _("人")},
        {"label": _("申请金额"), "value": format_yuan(request["amount"]), "unit": _("元")},
        {"label": _("比上月增减"), "value": signed_yuan(request["amount"] - request["before"]), "unit": _("元")},
    ]
