"""Who handles a case and who is responsible for it, as its page shows them, and how that is changed."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from adminapp import dates, delegation, policy
from adminapp.auth import users
from adminapp.errors import Conflict, Invalid
from adminapp.workflow import handling, responsible
from adminapp.workflow.machine import STATES

DONE_BY = [("created_by", "登记人"), ("accepted_by", "受理人"), ("opinion_by", "初审人"), ("confirmed_by", "确认人")]
CHANGES = {
    "claim": lambda move, form: handling.claim(move),
    "assign": lambda move, form: handling.assign(move, form.get("to", ""), form.get("reason", "")),
    "renew": lambda move, form: handling.renew(move, form.get("reason", "")),
}


def change(view, case):
    """Carry out one of CHANGES and lead back to the page."""
    move, do = view.move(case), CHANGES.get(request.form.get("do"))
    try:
        if do is None:
            raise Invalid(_("请选择要办理的事项"))
        if request.form.get("rev") != str(case.rev):
            raise Conflict
        do(move, request.form)
        flash(_("已更新经办人和责任人。"), "success")
    except Conflict:
        flash(_("本件刚刚有变动，请核对后再办理。"), "error")
    except Invalid as error:
        flash(str(error), "error")
    return redirect(view.case_url(case) + "#people", 303)


def shown(move, names: dict) -> dict:
    """Return ``{people: [{label, value, sub}], actions: [macro arguments]}`` of the card of persons."""
    case, named = move.case, move.case.responsible or {}
    rows = [
        (_("第一责任人"), named.get("first")),
        *((_("第二责任人（分管领导）"), person) for person in named.get("deputies", ())),
    ]
    rows.append((_("第二责任人（民政助理员）"), named.get("clerk")))
    if case.owner and (named.get("clerk") or {}).get("id") != case.owner:
        rows.append((_("经办人"), _person(case.owner, names)))
    rows += [(_("县级经办人"), _person(case.county_owner, names))] if case.county_owner else []
    rows += [(_(label), _person(getattr(case, key), names)) for key, label in DONE_BY if getattr(case, key)]
    rows = [(label, person) for label, person in rows if person]
    absent = delegation.away({person["id"] for _label, person in rows}, dates.today())
    # Who is away is said once, however many of these somebody is.
    people = [
        {"label": label, "value": person["name"], "sub": _absence(absent.pop(person["id"], None))} for label, person in rows
    ]
    return {"people": people, "actions": list(_actions(move)), "stands_for": move.stands_for(*policy.CASE_WORKERS)}


def _person(username, names):
    return {"id": username, "name": names.get(username) or users.name_of(username)}


def _absence(row):
    return _("外出至 %(day)s，由%(name)s代办", day=row["end"], name=row["to_name"]) if row else ""


def _actions(move):
    """Yield the changes this person may make, as arguments of components/dialog.html: action_dialog."""
    case, actor = move.case, move.actor
    field = handling.place_of(actor)
    if not policy.permits("cases.handle", actor.roles) or move.recused or field is None:
        return
    if not (STATES[case.state].open or STATES[case.state].on_roll):
        return
    held, url = getattr(case, field), url_for("cases.handle", type_key=case.type, id=case.id)
    if not held and actor.has(*handling.HANDLERS[field]):
        yield {
            "id": "claim",
            "title": _("认领"),
            "url": url,
            "reason": None,
            "text": _("认领后由您经办，其他人仍能看到并在您外出时代办。"),
        }
    if not held or held == actor.id or actor.has(*handling.LEADERS):
        options = [{"value": key, "label": name} for key, name in handling.assignees(case, actor) if key != held]
        who = {"name": "to", "label": _("移交给"), "kind": "select", "required": True, "options": options}
        if options and (held or actor.has(*handling.LEADERS)):
            yield {
                "id": "assign",
                "title": _("移交经办人") if held else _("指派经办人"),
                "url": url,
                "fields": [who],
                "reason": "required",
            }
    if case.responsible and actor.has(*handling.OFFICE) and responsible.has_changed(case, move.officials()):
        text = _("在任的乡镇长或分管领导与本件登记的不同，更新后记入办理经过。")
        yield {"id": "renew", "title": _("更新责任人"), "url": url, "reason": "required", "text": text}
