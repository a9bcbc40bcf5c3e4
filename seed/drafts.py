"""What the policy administrators of the demo county are working at: a new type that is half done, a change of a published one, a
raise of the standards for next year. Nothing of it is published."""

from datetime import date

from adminapp import drafts
from adminapp.drafts.beginnings import begin_type
from adminapp.drafts.content import ROOT
from adminapp.engine import Engine

NEW = "教育救助"
RAISED = {"dibao.rural_year": "6300.00", "dibao.rural": "525.00", "dibao.urban": "780.00"}
"""Standards and what they are raised to next January."""
SOURCE = "关于提高城乡低保标准的通知（虚构）"


def begin(engine: Engine, first, second, on: date):
    """Begin the drafts that are not there yet; `first` and `second` are the actors of two policy administrators."""
    if not any(draft.title == NEW for draft in drafts.listed("type", state=None)):
        _education(engine, first, second)
    if drafts.open_for("type", "dibao_rural") is None:
        _rural(engine, second)
    if drafts.open_for("standards", "standards") is None:
        _raise(engine, first, on)


def _education(engine, first, second):
    """A new one-off relief: fields and a first condition are there, the share of the expense is still being discussed."""
    draft = begin_type(NEW, "template:once", "教育救助", first, engine)
    draft = drafts.apply(draft.id, draft.rev, [
        {"do": "set", "item": ROOT, "name": "summary", "value": "对考上大学、家庭缴纳学费有困难的学生给予一次性救助。"},
        {"do": "add", "item": ROOT, "name": "sections", "after": _key(draft, id="agent"), "value": {
            "id": "study", "title": "就学情况", "fields": [
                {"id": "student", "label": "学生姓名", "kind": "person_name", "required": "true", "list": "true"},
                {"id": "stage", "label": "就学阶段", "kind": "choice", "required": "true", "filter": "true", "options": [
                    {"code": "senior", "label": "高中或中职"}, {"code": "college", "label": "大专"}, {"code": "university", "label": "本科以上"}]},
                {"id": "school", "label": "录取学校", "kind": "text", "required": "true"},
                {"id": "tuition", "label": "学费和住宿费", "kind": "money", "unit": "元/年", "required": "true",
                 "visible_when": 'stage in ["college", "university"]'},
            ]}},
    ], first)  # fmt: skip
    drafts.apply(draft.id, draft.rev, [
        {"do": "set", "item": _key(draft, id="base"), "name": "value", "value": "学费和住宿费 × 补助比例"},
        {"do": "set", "item": _key(draft, id="place"), "name": "clause", "value": ""},
    ], second)  # fmt: skip


def _rural(engine, actor):
    """A published type with one more question, one answer more, and a question that is no longer asked."""
    draft = drafts.begin("type", "dibao_rural", actor, engine)
    parts = [
        {"do": "set", "item": _key(draft, id="phone"), "name": "help", "value": "填能随时接通的号码，没有电话的填村干部电话"},
        {"do": "add", "item": _key(draft, id="nation"), "name": "options", "value": {"code": "gelao", "label": "仡佬族"}},
        {"do": "remove", "item": _key(draft, id="education")},
    ]  # fmt: skip
    for part in parts:
        draft = drafts.apply(draft.id, draft.rev, [part], actor)


def _raise(engine, actor, on):
    """Next year's standards, as the notice of the county has them."""
    draft = drafts.begin("standards", "standards", actor, engine)
    start = date(on.year + 1, 1, 1).isoformat()
    parts = [
        {"do": "add", "item": _key(draft, key=key), "name": "values", "value": {"from": start, "value": value, "source": SOURCE}}
        for key, value in RAISED.items()
        if key in list(engine.standards)
    ]  # fmt: skip
    drafts.apply(draft.id, draft.rev, parts, actor)


def _key(draft, **wanted) -> str:
    """Return the key of the first item with these values."""
    return next(
        place.key
        for place in draft.places.values()
        if all(place.node.get(name) == value for name, value in wanted.items())
    )
