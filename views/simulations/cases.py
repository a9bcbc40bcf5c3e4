"""The cases that come out otherwise: with number and reasons for those who may read cases; without whom it is about for others."""

from contextlib import contextmanager, nullcontext

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import divisions
from adminapp.money import format_yuan, signed_yuan
from adminapp.policy import APPROVER, AUDITOR, REVIEWER
from adminapp.scope import system
from adminapp.simulation import store
from adminapp.workflow.machine import STATES
from views.narrowing import Choice, filters
from views.simulations.figures import CHANGED
from views.simulations.texts import masked

BY_CASE = {REVIEWER, APPROVER, AUDITOR}
PAGE = 20


def sees_cases() -> bool:
    return g.actor.has(*BY_CASE)


@contextmanager
def without_names():
    """Read rows of the whole county for a person who may read no case; only figures, places and causes may be shown of them."""
    with nullcontext() if sees_cases() else system("figures of a simulation, shown without names"):
        yield


def page_of(row: dict, args) -> dict:
    """Return one page of the list, its filters, and what may be exported."""
    outcome, township, after = (args.get(name, "") for name in ("outcome", "township", "after"))
    by_case = sees_cases()
    with without_names():
        found, more = store.page(row["_id"], outcome, township, after, PAGE)

    def url(after):
        return url_for("simulations.show", simulation_id=row["_id"], outcome=outcome or None, township=township or None, after=after, _anchor="cases")

    return {
        "by_case": by_case, "case_columns": _columns(), "cases": [_case(each, by_case) for each in found],
        "next_url": url(store.place_of(found[-1])) if more else None, "first_url": url(None) if after else None,
        "filters": filters(_choices(outcome, township)), "exports": [("totals", _("汇总表")), *([("cases", _("明细表"))] if by_case else [])],
    }  # fmt: skip


def _choices(outcome, township):
    yield Choice("outcome", _("结果"), {key: _(store.OUTCOMES[key]) for key in CHANGED}, outcome)
    yield Choice("township", _("乡镇"), {item.code: item.name for item in divisions.townships()}, township)


def _columns():
    plain = {"place": _("地区"), "outcome": _("结果")}
    amounts = {"before": _("现行(元)"), "after": _("草稿(元)"), "delta": _("增减(元)")}
    return [
        {"key": "number", "label": _("编号"), "main": True},
        *({"key": key, "label": label} for key, label in plain.items()),
        *({"key": key, "label": label, "align": "r"} for key, label in amounts.items()),
        {"key": "why", "label": _("原因"), "full": True},
    ]


def _case(row, by_case):
    state = _(STATES[row["state"]].label) if row["state"] in STATES else ""
    causes = dict.fromkeys(cause["label"] for cause in row["causes"])
    cells = {
        "number": row["number"] if by_case else masked(row["number"]),
        "place": divisions.name_of(row["village"] if by_case else row["township"]),
        "outcome": {"text": _(store.OUTCOMES[row["outcome"]]), "tone": store.TONES[row["outcome"]], "sub": state},
        "before": _amount(row["before"]), "after": _amount(row["after"]), "delta": signed_yuan(row["delta"]),
        "why": "；".join(row["reasons"] if by_case else causes),
    }  # fmt: skip
    url = {"url": url_for("cases.details_view", type_key=row["type"], id=row["case"])} if by_case else {}
    return {"id": row["case"], "cells": cells} | url


def _amount(side):
    if side["eligible"] is None:
        return "—"
    return format_yuan(side["amount"]) if side["eligible"] else _("不符合")
