"""Warnings: how many of each rule, which ones, one with its story; putting aside with a reason and a last day."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from adminapp import dates, divisions, policy, startpage, warnings
from adminapp.errors import Forbidden, Invalid
from adminapp.warnings import store, sweep
from views import start
from views.addresses import own
from views.cases.history import moment
from views.narrowing import Choice, chips, filters
from views.worklist import type_names

blueprint = Blueprint("warnings", __name__, url_prefix="/warnings")
PAGE = 50
READERS = policy.COUNTY | {policy.AUDITOR, policy.CLERK, policy.DEPUTY, policy.HEAD}
USUAL = 30
"""Days for which a warning is put aside when nobody says otherwise."""


@dataclass(frozen=True)
class Wanted:
    """What the list shows; unknown words count as not given."""

    rule: str = ""
    township: str = ""
    state: str = store.OPEN
    after: str = ""

    @classmethod
    def read(cls, values):
        def known(name, choices, default=""):
            return values.get(name, "") if values.get(name, "") in choices else default

        rule = known("rule", warnings.RULES)
        after = values.get("after", "")
        place = known("township", dict(townships()))
        return cls(rule, place, known("state", store.STATES, store.OPEN), after if after.partition(":")[0] in warnings.RULES else "")

    def address(self, **changes):
        named = {"rule": self.rule, "township": self.township, "state": self.state if self.state != store.OPEN else ""} | changes
        return url_for("warnings.index", **{key: value for key, value in named.items() if value})


def townships():
    return [choice for choice in divisions.township_choices() if g.actor.townships is None]


@blueprint.get("/")
def index():
    wanted = Wanted.read(request.args)
    counts = store.by_rule(wanted.state, wanted.township)
    found = store.listed(wanted.state, [wanted.rule] if wanted.rule else warnings.RULES, wanted.township, wanted.after, PAGE + 1)
    shown, picking = found[:PAGE], store.may_dismiss(g.actor) and wanted.state != store.GONE
    return render_template(
        "warnings/index.html",
        wanted=wanted,
        tabs=[_tab(wanted, state, label) for state, label in store.STATES.items()],
        rules=[_rule(wanted, rule, counts[rule.key]) for rule in warnings.RULES.values() if counts.get(rule.key)],
        nothing="、".join(_(rule.label) for rule in warnings.RULES.values() if not counts.get(rule.key)),
        rule=warnings.RULES.get(wanted.rule),
        places=None if wanted.township or wanted.rule or wanted.state != store.OPEN else start.show(places()) if townships() else None,
        columns=_columns(wanted),
        rows=[_row(row) for row in shown],
        filters=filters(_choices(wanted)),
        chips=chips(_choices(wanted), lambda name: wanted.address(**{name: ""})),
        picking=picking,
        asked_at=_asked_at(),
        codes=codes(),
        usual=(dates.today() + timedelta(days=USUAL)).isoformat(),
        next_url=wanted.address(after=shown[-1]["_id"]) if len(found) > PAGE else None,
        first_url=wanted.address() if wanted.after else None,
        back=request.full_path.rstrip("?"),
    )


def _tab(wanted, state, label):
    number = sum(store.by_rule(state, wanted.township).values())
    return {"label": _(label), "url": wanted.address(state=state, rule=""), "count": number, "tone": "bad" if state == store.OPEN and number else "",
            "active": wanted.state == state}  # fmt: skip


def _rule(wanted, rule, number):
    tone = rule.tone if number and wanted.state == store.OPEN else ""
    return {"label": _(rule.label), "value": f"{number:,}", "unit": _("条"), "tone": tone, "url": wanted.address(rule=rule.key), "sub": _(rule.todo)}


def places():
    """Return the open warnings of each township, by rule."""
    counted = store.by_place_and_rule()
    rules = [rule for rule in warnings.RULES.values() if any(key == rule.key for _place, key in counted)]
    rows = []
    for code, name in divisions.township_choices():
        values = tuple(counted.get((code, rule.key), 0) for rule in rules)
        if any(values):
            links = tuple(("warnings.index", {"rule": rule.key, "township": code}) for rule in rules)
            rows.append(startpage.Row(name, values, ("warnings.index", {"township": code}), links))
    return startpage.Figures(_("各乡镇"), tuple(_(rule.label) for rule in rules), tuple(rows), "table", _("乡镇"))


def _columns(wanted):
    named = [
        ("what", _("预警"), not wanted.rule), ("name", _("对象"), True), ("text", _("情况"), True), ("place", _("乡镇、村"), True),
        ("since", _("发现"), True), ("until", _("排除至"), wanted.state == store.DISMISSED),
    ]  # fmt: skip
    return [
        {"key": key, "label": label, "main": key == "name", "nowrap": key in ("place", "since", "until"), "full": key == "text"}
        for key, label, shown in named
        if shown
    ]


def _row(row):
    rule = warnings.RULES[row["rule"]]
    cells = {
        "what": {"text": _(rule.label), "tone": rule.tone if row["state"] == store.OPEN else ""},
        "name": {"text": row["name"] or row["number"], "sub": row["number"]},
        "text": row["text"],
        "place": {"text": divisions.name_of(row["village"] or row["township"]), "sub": divisions.name_of(row["township"]) if row["village"] else ""},
        "since": row["since"],
        "until": row["until"] or "",
    }
    return {"id": row["_id"], "name": row["name"], "url": url_for("warnings.show", warning_id=row["_id"]), "cells": cells}


def _choices(wanted):
    yield Choice("rule", _("预警"), {rule.key: _(rule.label) for rule in warnings.RULES.values()}, wanted.rule)
    if townships():
        yield Choice("township", _("乡镇"), dict(townships()), wanted.township)


def _asked_at():
    """Return the moment of the oldest of the last runs: everything is at least as new as this."""
    last = [row["at"] for key, row in sweep.runs().items() if key in warnings.RULES]
    return moment(min(last)) if last else ""


def codes():
    return [{"value": key, "label": _(label)} for key, label in store.CODES.items()]


@blueprint.get("/<warning_id>")
def show(warning_id):
    row = store.get(warning_id)
    rule = warnings.RULES[row["rule"]]
    facts = [
        (_("编号"), row["number"]),
        (_("救助类型"), type_names().get(row["type"], row["type"])),
        (_("乡镇、村"), " ".join(filter(None, map(divisions.name_of, filter(None, (row["township"], row["village"])))))),
        (_("依据"), rule.clause),
        (_("首次发现"), row["since"]),
        (_("排除至"), row["until"]),
    ]
    return render_template(
        "warnings/show.html",
        row=row,
        rule=rule,
        state=_(store.STATES[row["state"]]),
        tone=rule.tone if row["state"] == store.OPEN else "",
        facts=[{"label": label, "value": value} for label, value in facts if value],
        links=_links(row),
        history=[_line(line) for line in reversed(row["history"])],
        may=store.may_dismiss(g.actor),
        codes=codes(),
        usual=(dates.today() + timedelta(days=USUAL)).isoformat(),
    )


def _links(row):
    """Return where the matter itself is: the case, and what the rule names besides."""
    found = []
    if row["case"] and row["type"]:
        found.append((_("查看案件"), start.address(("cases.details_view", {"type_key": row["type"], "id": str(row["case"])}))))
    if row["link"]:
        found.append((_("查看来源"), start.address(tuple(row["link"]))))
    return [(label, url) for label, url in found if url]


def _line(line):
    told = [_(store.CODES[line["code"]]) if line.get("code") else "", line.get("reason", ""), _("至 %(day)s", day=line["until"]) if line.get("until") else ""]
    return {"title": _(line["what"]), "actor": line["by_name"], "at": moment(line["at"]), "iso": line["at"].isoformat(), "note": "\n".join(filter(None, told))}


@blueprint.post("/dismiss")
def dismiss():
    """Put the picked warnings aside until a day."""
    try:
        until = dates.parse_date(request.form.get("until", "")) if request.form.get("until") else None
        count = store.dismiss(_ids(), g.actor, request.form.get("code", ""), request.form.get("reason", ""), until)
    except (Invalid, Forbidden) as error:
        return _refused(error)
    flash(_("已排除 %(n)s 条，到期后如仍存在会再次提示。", n=count), "success" if count else "warning")
    return redirect(_back(), 303)


@blueprint.post("/restore")
def restore():
    """Take the picked warnings back."""
    try:
        count = store.restore(_ids(), g.actor)
    except (Invalid, Forbidden) as error:
        return _refused(error)
    flash(_("已恢复 %(n)s 条。", n=count), "success" if count else "warning")
    return redirect(_back(), 303)


def _ids():
    return list(dict.fromkeys(request.form.getlist("ids")))[:500]


def _back():
    return own(request.form.get("back") or "", url_for("warnings.index"))


def _refused(error):
    for sentence in getattr(error, "problems", None) or [error]:
        flash(str(sentence), "error")
    return redirect(_back(), 303)


def panel(asked):
    """Return the start page's short list: the rules with open warnings, most first."""
    counts = store.by_rule()
    found = sorted(((counts.get(key, 0), rule) for key, rule in warnings.RULES.items()), key=lambda pair: -pair[0])
    lines = tuple(
        startpage.Line(_(rule.label), _(rule.todo), _("%(n)s 条", n=number), rule.tone, ("warnings.index", {"rule": rule.key}))
        for number, rule in found
        if number
    )
    return startpage.Lines(_("预警"), lines[:6], _("没有预警"), link=("warnings.index", {}))


startpage.register(startpage.Part("warnings", startpage.SIDE, 40, READERS - {policy.CLERK}, panel, _l("预警")))
