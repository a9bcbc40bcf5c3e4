"""The page of one case: what each part of it shows, masked for its reader."""

from flask import g, url_for
from flask_babel import gettext as _

from adminapp import awards, disclosure, divisions, engine, files, policy
from adminapp.cases import values_of
from adminapp.declaration.lexicons import reading_lexicon
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.formula.written import write
from adminapp.money import ROUNDING_NAMES, format_yuan
from adminapp.workflow import events
from adminapp.workflow.machine import ACTIONS, STATES
from adminapp.workflow.transition import offered
from views.cases import ahead, clocks, driven, handling
from views.cases.badges import due_badge, state_badge
from views.cases.history import moment, records, timeline
from views.cases.obstacles import obstacles
from views.cases.steps import step_line

EVIDENCE = {item.document: item.label for action in ACTIONS.values() for item in action.evidence}
"""Papers that come with actions: document → label."""
FLAGS = {"relative": ("近亲属备案", "hold"), "complaint": ("有投诉举报", "bad"), "objected": ("公示有异议", "wait")}


def head(case) -> dict:
    """Return what stands on top of every screen of a case."""
    return {
        "name": case.name or _("（未填姓名）"),
        "state": state_badge(case.state),
        "due": due_badge(case.due),
        "flags": [{"label": _(FLAGS[flag][0]), "tone": FLAGS[flag][1]} for flag in case.flags if flag in FLAGS],
        "facts": [case.number, divisions.name_of(case.township) + divisions.name_of(case.village)],
    }


def may_add_files(case) -> bool:
    state = STATES[case.state]
    return state.open or state.on_roll


def is_revealable(field, actor) -> bool:
    """Return whether a field, or a column of it, may hold values that are shown masked and that the actor may open."""
    return any(disclosure.may_reveal(disclosure.class_of(item), actor) for item in (field, *field.fields))


def revealed(case, field, actor) -> list[list[tuple[str, str]]]:
    """Return [(label, full text)] of a field, or of the masked columns and the names of each row of a table."""
    value, kind = getattr(case, field.stored, None), KINDS[field.kind]
    if not field.fields:
        return [[(field.label, kind.text(value, field))]]
    shown = []
    for row in value or ():
        columns = [
            item
            for item in field.fields
            if not item.retired and (item.id == "name" or disclosure.may_reveal(disclosure.class_of(item), actor))
        ]
        shown.append([(item.label, KINDS[item.kind].text(read(row, item.id), item)) for item in columns])
    return shown


def decision_values(decision, relief_type) -> dict | None:
    """Return conditions, terms and result of a stored or fresh decision as the macros want them."""
    if not decision:
        return None
    standards = engine.current().standards
    labels = {key: standards.standard(key).label for key in standards}
    words = reading_lexicon(relief_type, labels | {item["key"]: item["label"] for item in decision["standards"]})
    rounding = _(ROUNDING_NAMES[decision["rounding"]])
    return {
        "conditions": decision["conditions"],
        "terms": [
            {**term, "formula": write(term["formula"], words)} for term in decision["terms"]
        ],
        "total": format_yuan(decision["amount"]),
        "rounding": _("%(way)s，取整前 %(sum)s 元", way=rounding, sum=decision["unrounded"]),
        "eligible": decision["eligible"],
        "on": decision["on"],
        "version": decision["version"],
        "standards": decision["standards"],
        "adjusted": decision.get("adjusted_by"),
        "computed": format_yuan(decision["computed"]) if "computed" in decision else "",
        "adjust_reason": decision.get("adjust_reason", ""),
        "confirm_by": {"township": _("乡镇人民政府"), "county": _("县民政局")}[decision["confirm_by"]],
    }


class CasePage:
    """Everything the templates of the case page and of the printed form show."""

    def __init__(self, view, case, place=disclosure.CASE):
        self.view, self.case, self.place = view, case, place
        self.relief_type = view.relief_type
        self.move = view.move(case)
        self.actor = g.actor

    def values(self) -> dict:
        case, latest = self.case, engine.current().registry.get(self.case.type)
        self.history = events.history(case.id)
        self.names = {event["actor"]: event["actor_name"] for event in self.history}
        old = case.schema_version != latest.version
        steps = step_line(case, self.move)
        return {
            "head": head(case),
            "barred": bool(self.move.recused),
            "conflicts": self.conflicts(),
            "old_version": case.schema_version if old else None,
            "newest_version": latest.version,
            "steps": steps,
            "ahead": ahead.shown(self.move, steps),
            "envelope": self.envelope(),
            "sections": self.sections(),
            "clocks": clocks.shown(case),
            "handling": handling.shown(self.move, self.names),
            "decision": decision_values(case.decision, self.relief_type),
            "records": records(case, self.relief_type, self.actor, self.place, self._file_url),
            "documents": self.documents(),
            "timeline": timeline(self.history),
            "actions": self.actions(),
            "edit_url": self.edit_url(),
            "award_url": self.award_url(),
            "amount": format_yuan(case.amount) if case.amount is not None else "",
        }

    def conflicts(self):
        """Return what stands against this award beside others, while that can still matter."""
        state = STATES[self.case.state]
        return [item.advice for item in self.move.conflicts()] if state.open or state.on_roll else []

    def envelope(self):
        """Return [{label, value, above}]; above: the page says it elsewhere already, the printed form does not."""
        case = self.case
        rows = [
            (_("编号"), case.number, True),
            (_("乡镇"), divisions.name_of(case.township), True),
            (_("村（社区）"), divisions.name_of(case.village), True),
            (_("申请日期"), case.applied_on, False),
            (_("受理日期"), case.accepted_on, False),
            (_("决定日期"), case.decided_on, False),
            (_("核定金额(元)"), format_yuan(case.amount) if case.amount is not None else None, True),
            (_("起始年月"), case.start_month, False),
        ]
        return [{"label": label, "value": value, "above": above} for label, value, above in rows if value]

    # What was declared and typed

    def sections(self):
        values = values_of(self.case, self.relief_type, standards=engine.current().standards)
        shown = []
        for section in self.relief_type.sections:
            facts, tables = [], []
            for field in section.fields:
                if field.kind in ("note", "attachment") or not values.visible(field):
                    continue
                value = getattr(self.case, field.stored, None)
                if field.fields:
                    tables.append(self._table(field, value))
                else:
                    facts.append(self._fact(field, value))
            if facts or tables:
                shown.append(
                    {
                        "id": section.id,
                        "title": section.title,
                        "facts": facts,
                        "tables": [table for table in tables if table["rows"]],
                        "blank": [table["label"] for table in tables if not table["rows"]],
                    }
                )
        return shown

    def _fact(self, field, value):
        hidden = disclosure.hides(value, field, self.actor, self.place)
        return {
            "label": f"{field.label}（{field.unit}）" if field.unit and field.kind in ("money",) else field.label,
            "value": disclosure.text(value, field, self.actor, self.place),
            "wide": field.kind == "long_text" or field.width == "full",
            "reveal_url": self._reveal_url(field) if hidden else None,
        }

    def _table(self, field, rows):
        columns = [item for item in field.fields if not item.retired]
        filled = [
            item for item in columns if any(KINDS[item.kind].text(read(row, item.id), item) for row in rows or ())
        ]
        shown, hidden = [], False
        for row in rows or ():
            hidden = hidden or any(
                disclosure.hides(read(row, item.id), item, self.actor, self.place) for item in filled
            )
            shown.append(
                {item.id: disclosure.text(read(row, item.id), item, self.actor, self.place) for item in filled}
            )
        align = {item.id: "r" if KINDS[item.kind].align == "right" else "" for item in filled}
        return {
            "label": field.label,
            "columns": [{"key": item.id, "label": item.label, "align": align[item.id]} for item in filled],
            "rows": shown,
            "reveal_url": self._reveal_url(field) if hidden else None,
        }

    def _reveal_url(self, field):
        return (
            self.view.case_url(self.case, "reveal", field=field.id)
            if policy.permits("cases.reveal", self.actor.roles) and not self.move.recused
            else None
        )

    # Time limits, people in charge, papers, history

    def documents(self):
        values, case = self.move.values, self.case
        by_document = {}
        for item in case.files:
            by_document.setdefault(item.document, []).append(self._file(item))
        may_upload = policy.permits("cases.upload", self.actor.roles) and may_add_files(case) and not self.move.recused
        asked = [
            (
                item.id,
                item.label,
                " · ".join(filter(None, [item.help, item.clause])),
                item.required or values.holds(item.required_when, default=False),
            )
            for item in self.relief_type.documents
        ]
        asked += [
            (field.id, field.label, field.help, False)
            for field in self.relief_type.live_fields.values()
            if field.kind == "attachment" and values.visible(field)
        ]
        asked += [(key, _(label), "", False) for key, label in EVIDENCE.items() if key in by_document]
        known = {key for key, *_rest in asked}
        asked.append((files.OTHER, _("其他材料"), "", False))
        by_document.setdefault(files.OTHER, []).extend(
            item for key, items in by_document.items() if key not in known and key != files.OTHER for item in items
        )
        return [
            {
                "label": label,
                "note": note,
                "required": required,
                "state": "given" if by_document.get(key) else "missing",
                "files": by_document.get(key, []),
                "upload_url": self.view.case_url(case, "upload", document=key) if may_upload and key not in EVIDENCE else None,
                "accept": files.ACCEPT,
            }
            for key, label, note, required in asked
        ]

    def _file_url(self, file_id):
        return None if self.move.recused else self.view.case_url(self.case, "download", file_id=file_id)

    def _file(self, item):
        may_remove = policy.permits("cases.remove_file", self.actor.roles) and STATES[self.case.state].editable and not self.move.recused
        return {
            "name": item.name,
            "size": f"{max(1, round(item.size / 1024))} KB",
            "by": self.names.get(item.by, item.by),
            "at": moment(item.at),
            "url": self._file_url(item.id),
            "remove_url": self.view.case_url(self.case, "remove_file", file_id=item.id) if may_remove else None,
        }

    # What can be done

    def actions(self):
        items = []
        for key, action in offered(self.move).items():
            url = driven.address(self.case, key, self.actor) if action.driven else self.view.case_url(self.case, "act", action=key)
            if url is None:
                continue
            items.append(
                {
                    "key": key,
                    "label": _(action.label),
                    "link": True,
                    "url": url,
                    "text": _(action.help),
                    "kind": {"primary": "primary", "danger": "danger"}.get(action.tone, ""),
                    # What another document drives is never blocked here: its own page says what is missing.
                    "blocked": None if action.driven else "；".join(obstacles(self.move, key)) or None,
                }
            )
        return sorted(items, key=lambda item: ["primary", "", "danger"].index(item["kind"]))

    def edit_url(self):
        if not self.move.recused and STATES[self.case.state].editable and policy.permits("cases.edit_view", self.actor.roles):
            return self.view.case_url(self.case, "edit_view")
        return None

    def award_url(self):
        """Return the page of the award once there is one."""
        found = awards.collection().find_one({"_id": self.case.id}, {"_id": 1})
        return url_for("awards.show", id=self.case.id) if found else None
