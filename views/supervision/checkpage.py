"""The page of one check: whom and why, who visits, what was found, what follows, all that was done."""

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from adminapp import audit, dates, disclosure, divisions, engine, policy
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.money import format_yuan
from adminapp.outputs import outputs
from adminapp.supervision import checks, course, paper
from schemas.case import AnyCase
from views.asked import shown_rev
from views.cases import view_of
from views.cases.badges import due_badge, state_badge
from views.cases.history import moment, records
from views.downloads import send_bytes
from views.supervision.overview import type_names

WRITERS = policy.COUNTY


def show(check_id):
    row = checks.get(check_id, g.actor)
    case = AnyCase._get_collection().find_one({"_id": row["case"]})
    return render_template(
        "supervision/check.html",
        row=row,
        state=checks.STATES[row["state"]],
        stage=_(checks.STAGES[row["stage"]]) if row["stage"] else "",
        due=due_badge(date.fromisoformat(row["due"])) if row["due"] else None,
        facts=_facts(row, case),
        case_url=url_for("cases.details_view", type_key=row["type"], id=str(row["case"])) if case else None,
        visitors=row["visitors"],
        records=_records(row, case) if case else [],
        order=_order(row),
        history=[_line(line) for line in reversed(row["history"])],
        actions=_actions(row),
        replaced=_replaced(row),
    )


def _facts(row, case):
    facts = [
        (_("编号"), row["number"]),
        (_("救助类型"), type_names().get(row["type"], row["type"])),
        (_("乡镇、村"), " ".join([divisions.name_of(row["township"]), divisions.name_of(row["village"])])),
        (_("案件状态"), state_badge(case["state"])["text"] if case else _("已不在管辖范围")),
        (_("核定金额(元)"), format_yuan(case["amount"]) if case and case.get("amount") is not None else None),
        (_("核查来源"), "、".join(_(checks.BASES[basis]) for basis in row["bases"])),
        (_("抽取日期"), row["drawn_on"]),
        (_("核查日期"), row["visited_on"]),
        (_("核查结果"), _(course.RESULTS[row["result"]].label) if row["result"] else None),
    ]
    return [{"label": label, "value": value} for label, value in facts if value]


def _records(row, case):
    """Return the stage records of the case that belong to the check, as the case page shows them."""
    published = engine.current().registry.get(case["type"], case["schema_version"])
    held, view = published.model._from_son(case), view_of(published)
    mine = {row["visit"], (row["answer"] or {}).get("record")} - {None}

    def file_url(file_id):
        return view.case_url(held, "download", file_id=file_id)

    shown = records(held, published.relief_type, g.actor, disclosure.CASE, file_url)
    return [record for record in shown if record["id"] in mine]


def _order(row):
    order = row["order"]
    if not order:
        return None
    url = url_for("supervision.order", check_id=row["_id"])
    measure = _(course.MEASURES[order["measure"]].label)
    return {"url": url, "measure": measure, "text": order["text"], "by": order["by_name"], "on": order["on"], "due": order["due"]}


def _line(line):
    note = "\n".join(filter(None, [line.get("text", ""), line.get("reason", "")]))
    return {"title": line["what"], "actor": line["by_name"], "at": moment(line["at"]), "iso": line["at"].isoformat(), "note": note}


def _replaced(row):
    """Return links to the check this one replaces, and to the one that replaced it: ``[{label, number, url}]``."""
    found = []
    for label, number in ((_("替换了"), row["replaces"]), (_("由此件替换"), row["replaced_by"])):
        other = checks.collection().find_one({"year": row["year"], "number": number}, {"_id": 1}) if number else None
        if other:
            found.append({"label": label, "number": number, "url": url_for("supervision.show", check_id=other["_id"])})
    return found


# What can be done


def _actions(row):
    """Return the items of components/case.html: actions for this person; the rest of the course is hidden."""
    here = {"check_id": row["_id"]}
    if not g.actor.has(*WRITERS):
        if row["stage"] == checks.RECTIFY and policy.permits("supervision.answer", g.actor.roles):
            return [_link("answer", _("反馈整改情况"), url_for("supervision.answer", **here))]
        return []
    offer = {
        checks.DRAWN: (_assign_, _print, _substitute),
        checks.ASSIGNED: (_visit, _print, _assign_, _substitute),
        checks.VISITED: (_judge, _send_back),
        checks.DEVIATION: (_order_,),
        checks.RECTIFYING: (_recheck,) if row["stage"] == checks.RECHECK else (),
    }
    items = [make(row) for make in offer.get(row["state"], ())]
    return [{"url": url_for("supervision.act", turn=item["key"], **here), **item} for item in items if item]


def _link(key, label, url, kind="primary"):
    return {"key": key, "label": label, "link": True, "url": url, "kind": kind}


def _visit(row):
    return _link("visit", _("登记入户核查"), url_for("supervision.visit", check_id=row["_id"]))


def _assign_(row):
    """A button that posts this one check to the screen for several."""
    label = _("改派核查人") if row["state"] == checks.ASSIGNED else _("指派核查人")
    return {"key": "assign", "label": label, "post": url_for("supervision.assign"), "kind": "" if row["state"] == checks.ASSIGNED else "primary"}


def _print(row):
    return {"key": "print", "label": _("打印核查表"), "post": url_for("supervision.sheets"), "kind": ""}


def _substitute(row):
    if row["bases"] != [checks.RANDOM]:
        return None
    options = [{"value": key, "label": _(label)} for key, label in course.SUBSTITUTES.items()]
    return {
        "key": "substitute", "label": _("替换"), "text": _("按本次抽取的顺序由下一户替换；两户都留有记录。查无此人是核查结果，不能替换。"),
        "reason": "required", "fields": [{"name": "code", "label": _("替换原因"), "kind": "select", "required": True, "options": options}],
    }  # fmt: skip


def _judge(row):
    if g.actor.id in row["visited_by"]:
        return {"key": "judge", "label": _("审定"), "blocked": _("核查结果由未参加核查的人员审定")}
    fine = course.RESULTS[row["result"]].fine
    options = [{"value": "1", "label": _("属实")}, {"value": "0", "label": _("有偏差")}]
    return {
        "key": "judge", "label": _("审定"), "kind": "primary", "reason": "optional",
        "text": _("核查结果：%(result)s。审定与核查结果不同的，请写明理由。", result=_(course.RESULTS[row["result"]].label)),
        "fields": [{"name": "consistent", "label": _("审定结论"), "kind": "select", "required": True, "options": options, "value": "1" if fine else "0"}],
    }  # fmt: skip


def _send_back(row):
    if g.actor.id in row["visited_by"]:
        return None
    return {"key": "send_back", "label": _("退回重新核查"), "text": _("已登记的核查留在案件中。"), "reason": "required"}


def _order_(row):
    options = [{"value": key, "label": _(measure.label)} for key, measure in course.MEASURES.items()]
    return {
        "key": "order", "label": _("下达整改"), "kind": "primary", "reason": "required",
        "text": _("乡镇在 %(day)s 前办理并反馈。", day=checks.due_after(checks.RECTIFY, dates.today())),
        "fields": [{"name": "measure", "label": _("整改措施"), "kind": "select", "required": True, "options": options}],
        "reason_label": _("整改要求"),
    }  # fmt: skip


def _recheck(row):
    options = [{"value": "1", "label": _("整改到位，销号")}, {"value": "0", "label": _("不到位，退回")}]
    return {
        "key": "recheck", "label": _("复核整改"), "kind": "primary", "reason": "required", "reason_label": _("复核情况"),
        "fields": [{"name": "done", "label": _("复核结论"), "kind": "select", "required": True, "options": options}],
    }  # fmt: skip


TURNS = {
    "judge": lambda row, rev, form: course.judge(row, g.actor, rev, form.get("consistent") == "1", form.get("reason", "")),
    "send_back": lambda row, rev, form: course.send_back(row, g.actor, rev, form.get("reason", "")),
    "order": lambda row, rev, form: course.order(row, g.actor, rev, form.get("measure", ""), form.get("reason", "")),
    "recheck": lambda row, rev, form: course.recheck(row, g.actor, rev, form.get("done") == "1", form.get("reason", "")),
    "substitute": lambda row, rev, form: course.substitute(row, g.actor, rev, form.get("code", ""), form.get("reason", "")),
}


def order(check_id):
    """Answer the order to put things right as a paper."""
    row = checks.get(check_id, g.actor)
    if not row["order"]:
        flash(_("这件核查没有整改要求。"), "warning")
        return redirect(url_for("supervision.show", check_id=row["_id"]))
    held = engine.current()
    pdf = outputs["papers"]([paper.order(row, held)], held.settings.home)
    audit.log("print", case=row["number"], what="rectification")
    return send_bytes(pdf, f"{row['number']} {_('抽查整改通知书')}.pdf", "application/pdf")


def act(check_id, turn):
    """Carry out one step of the course from its dialog."""
    if turn not in TURNS:
        raise NotFound
    row = checks.get(check_id, g.actor)
    try:
        TURNS[turn](row["_id"], shown_rev(), request.form)
    except Conflict:
        flash(_("这件核查刚刚有变动，没有办理；请核对后再试。"), "error")
    except (Invalid, Forbidden) as error:
        for sentence in getattr(error, "problems", None) or [error]:
            flash(str(sentence), "error")
    else:
        flash(_("已办理。"), "success")
    return redirect(url_for("supervision.show", check_id=row["_id"]), 303)
