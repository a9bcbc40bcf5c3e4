"""What the draft becomes: the real form, list and case page, made from the draft and filled with an invented case.

Nothing is stored. The pages are shown in a frame of the designer, so they may be framed by our own pages and by nobody else.
"""

import copy
from contextlib import suppress
from dataclasses import dataclass

from flask_babel import gettext as _

from adminapp import dates, divisions, scope
from adminapp.cases import fill_envelope
from adminapp.compiler import compile_type
from adminapp.declaration.model import Field
from adminapp.drafts.content import harvest, holder, walk
from adminapp.errors import Invalid
from adminapp.fields import KINDS
from adminapp.forms import Context, build_action_form, build_form
from adminapp.scope import Actor
from adminapp.workflow.machine import ACTIONS
from views.cases.columns import Listing
from views.cases.listing import Request
from views.designer import charts
from views.designer.framing import framed
from views.designer.papers import notice_preview

SURVEY = next(key for key, action in ACTIONS.items() if action.block == "survey")
"""The action whose form takes in what a type adds to the visit."""
LISTED = 3


@dataclass(frozen=True)
class Pretended:
    """Stands for a published version, so that screens of cases show the draft."""

    relief_type: object
    model: type
    key: str
    name: str
    version: int = 0


def showable(scene):
    """Return the relief type of a draft without what cannot be shown yet: formulas that are wrong, kinds that do not exist."""
    content = copy.deepcopy(scene.draft.content)
    model = scene.draft.sort.model
    wrong = {(one.item, one.name) for one in scene.problems}
    for place in walk(content, model):
        for item, name in wrong:
            if item == place.key and scene.formula_at(scene.places[item], name):
                held, last = holder(place.node, name)
                held.pop(last, None)
        if place.cls is Field and place.node.get("kind") not in KINDS:
            place.node["kind"] = "text"
        if place.cls is Field and not place.node.get("id"):
            place.node["id"] = f"unnamed_{place.key}"
    return scene.draft.sort.read(harvest(content, model))[0]


def blank_case(model, relief_type, number: int = 0):
    """Return an unsaved draft of a case in a village of the first township."""
    village = divisions.villages(divisions.townships()[0].code)[number % 3].code
    case = model(township=village[:9], village=village, type=relief_type.key or "draft", schema_version=0)
    case.number, case.state, case.rev, case.applied_on = f"{village[:9]}XX2026{number:05d}", "draft", 0, dates.today()
    return case


def demo_case(relief_type, engine, number: int = 0):
    """Return an unsaved case of the draft with an example in every field."""
    model = compile_type(relief_type, 0, engine.registry.base)
    case = blank_case(model, relief_type, number)
    for field in relief_type.live_fields.values():
        kind = KINDS[field.kind]
        value = _sample(kind, field, number)
        if kind.stored and value is not None:
            setattr(case, field.stored, kind.assignable(value, field, None, model))
    _introduce(case, relief_type)
    with suppress(Invalid):  # a formula of the draft that cannot be worked out is told in the list of problems
        fill_envelope(case, relief_type)
    return case


def _sample(kind, field, number):
    try:
        return kind.sample(field, number)
    except Invalid:  # a bound that is none yet
        return None


def _introduce(case, relief_type):
    """Let the first row of the household be the applicant, as validation rules want it."""
    members = relief_type.live_fields.get("members")
    rows = getattr(case, members.stored, None) if members else None
    if rows:
        for name, source in (("name", "applicant_name"), ("id_number", "applicant_id")):
            if name in members.column_ids and source in relief_type.fields:
                setattr(rows[0], name, getattr(case, f"x_{source}", None))


def clerk() -> Actor:
    """Return who the preview is shown to: a clerk of the first township, so that masks and choices are theirs."""
    township = divisions.townships()[0].code
    return Actor("preview", _("预览"), frozenset({"township_clerk"}), frozenset({township}))


def form_preview(scene):
    """Return the page of the form as it is generated from the draft."""
    relief_type, actor = showable(scene), clerk()
    with scope.acting(actor):
        form = build_form(relief_type).bind(
            None, actor, Context(scene.engine.standards, dates.today()), demo_case(relief_type, scene.engine)
        )
        return framed(
            "designer/preview_form.html",
            form=form,
            sections=form.sections(),
            relief_type=relief_type,
            title=relief_type.name,
        )


def survey_preview(scene):
    """Return the page of the household visit, with what the draft adds to it."""
    relief_type, actor = showable(scene), clerk()
    form = build_action_form(SURVEY, relief_type)
    samples = {key: _sample(KINDS[field.kind], field, 0) for key, field in form.inputs().items()}
    with scope.acting(actor):
        bound = form.bind(None, Context(scene.engine.standards, dates.today()), demo_case(relief_type, scene.engine), samples)
        return framed("designer/preview_form.html", form=bound, sections=bound.sections(), relief_type=relief_type, visit=True)


def list_preview(scene):
    """Return the list of cases with the columns and filters of the draft."""
    relief_type, actor = showable(scene), clerk()
    model = compile_type(relief_type, 0, scene.engine.registry.base)
    listing = Listing(Pretended(relief_type, model, relief_type.key or "draft", relief_type.name), actor)
    with scope.acting(actor):
        asked = Request.read(relief_type, actor, {})
        rows = [_row(demo_case(relief_type, scene.engine, number), number) for number in range(LISTED)]
        columns = listing.columns(asked)
        return framed(
            "designer/preview_list.html", relief_type=relief_type, asked=asked, columns=columns,
            rows=listing.rows(rows, columns), filters=listing.filters(asked),
        )  # fmt: skip


def _row(case, number) -> dict:
    """Return a case as the list reads it, in one of the usual states."""
    return {"_id": number, **case.to_mongo().to_dict(), "state": ("accepted", "submitted", "draft")[number % 3]}


def chart_preview(scene):
    return charts.sheet(showable(scene), scene.engine, 0)


PREVIEWS = {"form": form_preview, "survey": survey_preview, "list": list_preview, "chart": chart_preview, "notice": notice_preview}
"""What can be previewed: name → function of the scene."""
