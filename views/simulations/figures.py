"""The figures of a simulation: by outcome, type, township and category, with the causes of changes. They tell of nobody."""

from flask_babel import gettext as _

from adminapp import divisions, engine
from adminapp.money import format_yuan, signed_yuan
from adminapp.simulation import store
from adminapp.simulation.totals import pick
from adminapp.startpage import Figures, Row
from views.start import show as shown

CHANGED = [key for key in store.OUTCOMES if key != "same"]


def figures(row: dict) -> dict:
    """Return the tiles, the table of outcomes, and panels by type, township and category."""
    sums = row["sums"]
    outcomes = {key: found for (key,), found in pick(sums, ("outcome",), dimension="type").items()}
    return {
        "tiles": _tiles(outcomes), "outcomes": _outcomes(outcomes), "outcome_columns": _outcome_columns(), "groups": _groups(sums),
        "panels": [shown(part) for part in (_by_type(sums), _by_township(sums), *_by_category(sums)) if part.rows],
        "causes": _causes(row),
    }  # fmt: skip


def _tiles(outcomes):
    changed = sum(outcomes.get(key, {}).get("cases", 0) for key in CHANGED)
    delta, yearly = (sum(found[name] for found in outcomes.values()) for name in ("delta", "yearly"))
    everything = sum(found["cases"] for found in outcomes.values())
    return [
        {"label": _("有变化"), "value": f"{changed:,}", "unit": _("件"), "sub": _("共试算 %(n)s 件", n=f"{everything:,}")},
        {"label": _("每月增减"), "value": signed_yuan(delta), "unit": _("元"), "tone": "bad" if delta < 0 else ""},
        {"label": _("全年增减"), "value": signed_yuan(yearly), "unit": _("元"), "sub": _("一次性救助按一次计")},
    ]  # fmt: skip


def _outcomes(outcomes):
    rows = []
    for key, label in store.OUTCOMES.items():
        found = outcomes.get(key)
        if found:
            cells = {
                "outcome": {"text": _(label), "tone": store.TONES[key]},
                **{name: f"{found[name]:,}" for name in ("cases", "persons")},
                **{name: format_yuan(found[name]) for name in ("before", "after")},
                **{name: signed_yuan(found[name]) for name in ("delta", "yearly")},
            }
            rows.append({"id": key, "cells": cells})
    return rows


def _outcome_columns():
    labels = {
        "cases": _("件数"), "persons": _("人数"), "before": _("现行每月(元)"), "after": _("草稿每月(元)"), "delta": _("每月增减(元)"),
        "yearly": _("全年增减(元)"),
    }  # fmt: skip
    numbers = [{"key": key, "label": label, "align": "r"} for key, label in labels.items()]
    return [{"key": "outcome", "label": _("结果"), "main": True}, *numbers]


def _groups(sums):
    """Return a line for each group of cases: who is paid, who applies, who was refused."""
    found = pick(sums, ("group", "outcome"), dimension="type")
    lines = []
    for group, label in store.GROUPS.items():
        counts = {outcome: found[group, outcome]["cases"] for outcome in store.OUTCOMES if (group, outcome) in found}
        if counts:
            text = "，".join(f"{_(store.OUTCOMES[key])} {count:,}" for key, count in counts.items())
            lines.append({"label": _(label), "value": text})
    return lines


def _by_type(sums):
    names = {key: item.name for key, item in engine.current().registry.latest().items()}
    found = pick(sums, ("value",), dimension="type")
    rows = [Row(names.get(key[0], key[0]), (item["before"], item["after"], item["delta"])) for key, item in _named(found)]
    return Figures(_("按类型，每月（元）"), (_("现行"), _("草稿"), _("增减")), tuple(rows), "table", _("救助类型"), money=True)


def _named(found):
    return sorted(found.items(), key=lambda pair: -abs(pair[1]["delta"]))


def _by_township(sums):
    """Return what rises and falls in each township; the bars show whichever is more in the whole county."""
    found, places = pick(sums, ("value", "outcome"), dimension="township"), {}
    for (code, _outcome), item in found.items():
        rise, fall = places.get(code, (0, 0))
        places[code] = (rise + max(item["delta"], 0), fall + max(-item["delta"], 0))
    falls = sum(fall for _, fall in places.values()) > sum(rise for rise, _ in places.values())
    names = (_("减少"), _("增加")) if falls else (_("增加"), _("减少"))
    rows = [
        Row(divisions.name_of(code), ((fall, rise) if falls else (rise, fall)) + (rise - fall,))
        for code, (rise, fall) in sorted(places.items(), key=lambda pair: -max(pair[1])) if rise or fall
    ]  # fmt: skip
    return Figures(_("按乡镇，每月（元）"), (*names, _("净增减")), tuple(rows), "bars", _("乡镇"), money=True)


def _by_category(sums):
    """Yield a panel for each choice by which a type's list can be filtered, where something changes."""
    latest = engine.current().registry.latest()
    dimensions = sorted({(line["type"], line["dimension"]) for line in sums if line["dimension"] not in ("type", "township")})
    for key, dimension in dimensions:
        field = latest[key].relief_type.fields.get(dimension) if key in latest else None
        labels = {option.code: option.label for option in field.options} if field else {}
        found = pick(sums, ("value",), dimension=dimension, type=key)
        rows = [Row(labels.get(code[0], code[0]), (item["before"], item["after"], item["delta"])) for code, item in _named(found) if item["delta"]]
        if rows and field:
            title = _("%(type)s，按%(field)s，每月（元）", type=latest[key].name, field=field.label)
            yield Figures(title, (_("现行"), _("草稿"), _("增减")), tuple(rows), "table", field.label, money=True)


def _causes(row):
    """Return the causes of changes with the number of cases, the most frequent first; they name conditions and terms, nobody."""
    return [{"label": cause["_id"], "value": cause["n"], "text": _("%(n)s 件", n=f"{cause['n']:,}")} for cause in store.causes(row["_id"])]
