"""What the page of a case says of its last visit: what it found otherwise, to be taken over or explained."""

from flask import g, url_for

from adminapp import engine, policy
from adminapp.visits.compared import open_differences
from adminapp.workflow.machine import STATES
from adminapp.workflow.transition import Move, offered
from views.cases.declared import is_readable


def offer(blueprint):
    blueprint.add_app_template_global(panel_of, "visit_panel_of")


def panel_of(case, published) -> dict | None:
    """Return ``{rows: [{key, label, declared, found, taken}], rev, url, keep_url}``; None when nothing differs or is to be settled.

    Only who may settle it sees the values.
    """
    if not STATES[case.state].editable or not policy.permits("visits.take", g.actor.roles) or not case.last_record("visit"):
        return None
    move = Move(case, published, g.actor, engine.current().standards)
    if move.recused:
        return None
    rows = [_row(item) for item in open_differences(move)]
    if not rows:
        return None
    keep = url_for("cases.act", type_key=case.type, id=str(case.id), action="keep_declared") if "keep_declared" in offered(move) else None
    return {"rows": rows, "rev": case.rev, "url": url_for("visits.take", case_id=str(case.id)), "keep_url": keep, "any": any(row["taken"] for row in rows)}


def _row(item):
    shown = is_readable(item.column or item.field)
    return {
        "key": item.key, "label": item.label, "taken": item.can_be_taken,
        "declared": item.declared if shown else "***", "found": item.found if shown else "***",
    }  # fmt: skip
