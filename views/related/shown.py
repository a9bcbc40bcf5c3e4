"""What the screens of the register show: filings of a year, one filing with the cases it touches, who has not filed."""

from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import dates, divisions, engine, policy
from adminapp.auth import users
from adminapp.fields import KINDS
from adminapp.related import register
from adminapp.related.kinship import kinship
from adminapp.text import normalise, plain_number
from schemas.case import AnyCase
from views.cases.badges import state_badge
from views.cases.history import moment
from views.places import townships

PAGE = 100
MOST_CASES = 100


@dataclass(frozen=True)
class Wanted:
    """What the list shows."""

    year: int
    township: str = ""
    kind: str = ""
    q: str = ""

    @classmethod
    def read(cls, values):
        this = dates.today().year
        year = plain_number(values.get("year"), 4) or this
        township = values.get("township", "")
        known = divisions.exists(township) and len(township) == divisions.TOWNSHIP and g.actor.reaches(township)
        try:
            q = normalise(values.get("q", ""))[:20]
        except ValueError:
            q = ""
        kind = values.get("kind", "")
        return cls(year if 2000 <= year <= this else this, township if known else "", kind if kind in kinship().officials else "", q)

    def query(self) -> dict:
        query = {"year": self.year}
        if self.township:
            query["township"] = self.township
        if self.kind:
            query["kind"] = self.kind
        if self.q:
            key = "initials" if self.q.isascii() else "name"
            query[key] = {"$regex": f"^{self.q.lower() if self.q.isascii() else self.q}"} if self.q.isalnum() else self.q
        return query


def listing(wanted: Wanted) -> dict:
    """Return columns, rows, filters and figures of the list."""
    found = list(register.collection().find(wanted.query(), {"history": 0}, sort=[("township", 1), ("name", 1)], limit=PAGE + 1))
    missing = [] if wanted.q else _missing(wanted)
    year = {"year": wanted.year}
    return {
        "wanted": wanted, "columns": _columns(), "rows": [_row(row) for row in found[:PAGE]], "more": len(found) > PAGE, "page": PAGE,
        "missing": missing, "due": _due(wanted.year), "may_file": policy.permits("related.create", g.actor.roles),
        "years": range(dates.today().year, dates.today().year - 5, -1),
        "townships": townships(), "kinds": kinship().officials,
        "tiles": [
            {"label": _("本年度已备案"), "value": register.collection().count_documents(year), "unit": _("人")},
            {"label": _("应备案账户未备案"), "value": len(missing), "unit": _("人"), "tone": "bad" if missing else "good"},
            {"label": _("近亲属案件"), "value": _count("relative"), "unit": _("件"), "sub": _("确认前由县级入户核查")},
        ],
    }  # fmt: skip


def _count(flag):
    return AnyCase._get_collection().count_documents({"flags": flag}, limit=10_000)


def _due(year):
    duty = kinship().duties[0] if kinship().duties else None
    return duty.due(year) if duty else None


def _missing(wanted):
    """Return accounts within the actor's places that have to file and have no filing of the year."""
    filed = register.accounts_filed(wanted.year)
    rows = []
    for user in users.all_users():
        if not user.active or user.username in filed or kinship().duty_of(user.roles) is None or not _within(user, wanted.township):
            continue
        rows.append(
            {
                "name": user.name,
                "roles": "、".join(_(label) for label in user.role_labels),
                "place": "、".join(divisions.name_of(code) for code in user.townships) or _("县级"),
                "url": url_for("related.create", account=user.username),
            }
        )
    return rows


def _within(user, township):
    if township:
        return township in user.townships
    if g.actor.townships is None:
        return True
    return bool(set(user.townships) & g.actor.townships)


def account(username: str, actor):
    """Return the account a new filing is for, None unless it lies within the actor's places."""
    user = users.find(username) if username else None
    if user is None or (actor.townships is not None and not set(user.townships) & actor.townships):
        return None
    return user


def _columns():
    return [
        {"key": "name", "label": _("姓名"), "main": True},
        {"key": "kind", "label": _("身份"), "full": True},
        {"key": "place", "label": _("单位职务"), "full": True},
        {"key": "township", "label": _("乡镇、村")},
        {"key": "relatives", "label": _("近亲属"), "align": "r"},
        {"key": "on", "label": _("备案日期"), "nowrap": True},
        {"key": "state", "label": _("状态")},
    ]


def _row(row):
    live = [item for item in row["relatives"] if not item.get("until")]
    unnumbered = sum(not item["key"] for item in live)
    cells = {
        "name": {"text": row["name"], "sub": row["account"]},
        "kind": kinship().officials.get(row["kind"], row["kind"]),
        "place": {"text": row["unit"], "sub": row["post"]},
        "township": {
            "text": divisions.name_of(row["village"] or row["township"]) or _("县级"),
            "sub": divisions.name_of(row["township"]) if row["village"] else "",
        },
        "relatives": {"text": len(live), "sub": _("缺号码 %(n)s", n=unnumbered) if unnumbered else ""},
        "on": row["filed_on"],
        "state": state_of(row),
    }
    return {"id": row["_id"], "url": url_for("related.show", filing_id=row["_id"]), "cells": cells, "dim": bool(row["ended_on"])}


def state_of(row) -> dict:
    if row["ended_on"]:
        return {"text": _("%(day)s 离任", day=row["ended_on"]), "tone": ""}
    if row["replaced_on"]:
        return {"text": _("已有新的备案"), "tone": ""}
    return {"text": _("有效"), "tone": "good"}


def one(row) -> dict:
    """Return what the page of one filing shows."""
    mask = KINDS["id_number"].mask
    relatives = [
        {
            "name": {"text": item["name"]},
            "relation": kinship().label(item["relation"]),
            "number": mask(register.open_number(item["id_number"])) if item["id_number"] else {"text": _("未填"), "tone": "wait"},
            "address": item["address"],
            "state": {"text": _("%(day)s 起不再计", day=item["until"]), "tone": ""} if item.get("until") else "",
        }
        for item in row["relatives"]
    ]
    own = row["account"] == g.actor.id
    open_ = not row["ended_on"] and not row["replaced_on"]
    return {
        "row": row, "state": state_of(row), "relatives": relatives, "cases": _cases(row),
        "columns": [
            {"key": "name", "label": _("姓名")}, {"key": "relation", "label": _("是备案人员的")}, {"key": "number", "label": _("公民身份号码")},
            {"key": "address", "label": _("住址")}, {"key": "state", "label": _("备注")},
        ],
        "facts": [
            {"label": _("身份"), "value": kinship().officials.get(row["kind"], row["kind"])},
            {"label": _("单位"), "value": row["unit"]}, {"label": _("职务"), "value": row["post"]},
            {"label": _("所在地"), "value": " ".join(filter(None, [divisions.name_of(row["township"]) or _("县级"), divisions.name_of(row["village"])]))},
            {"label": _("公民身份号码"), "value": mask(register.open_number(row["id_number"]))},
            {"label": _("账户"), "value": row["account"]},
            {"label": _("备案"), "value": f"{row['filed_on']} {row['filed_by_name']}"},
        ],
        "history": [
            {"title": item["what"], "actor": item["by_name"], "at": moment(item["at"]), "iso": item["at"].isoformat(),
             "note": "；".join(filter(None, [_("近亲属 %(n)s 名", n=item["relatives"]), item["reason"]]))}
            for item in reversed(row["history"])
        ],
        "may_edit": open_ and policy.permits("related.edit", g.actor.roles),
        "may_end": open_ and not own and policy.permits("related.end", g.actor.roles),
        "today": dates.today(), "waiting": row.get("unscanned", False),
    }  # fmt: skip


def _cases(row):
    """Return the cases and awards that this filing touches, within the reader's places; others are only counted."""
    keys = [key for key, _relation, _name in register.people_of(row, dates.today())]
    who = {key: (relation, name) for key, relation, name in register.people_of(row, dates.today())}
    names = {key: item.relief_type.name for key, item in engine.current().registry.latest().items()}
    columns = dict.fromkeys(("number", "type", "name", "village", "township", "state", "people"), 1)
    shown = []
    for case in AnyCase._get_collection().find({"people.key": {"$in": keys}}, columns, sort=[("_id", -1)], limit=MOST_CASES):
        relation, name = next(who[person["key"]] for person in case["people"] if person["key"] in who)
        shown.append(
            {
                "id": str(case["_id"]),
                "url": url_for("cases.details_view", type_key=case["type"], id=str(case["_id"])),
                "cells": {
                    "name": {"text": case["name"], "sub": case["number"]},
                    "type": names.get(case["type"], case["type"]),
                    "place": divisions.name_of(case["township"]) + divisions.name_of(case["village"]),
                    "relation": f"{name}（{kinship().label(relation)}）",
                    "state": state_badge(case["state"]),
                },
            }
        )
    return shown

