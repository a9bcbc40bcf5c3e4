"""Two people changed the same case: what both wrote, side by side, and which one to keep."""

from flask_babel import gettext as _

from adminapp import disclosure
from adminapp.editing import same_value
from adminapp.fields import KINDS
from adminapp.workflow import events
from views.asked import rev_of

KEEP = "_keep."
THEIRS, MINE = "theirs", "mine"


def differences(form, case, actor) -> list[dict]:
    """Return [{key, label, mine, theirs, both}] for every field where the form and the stored case differ.

    `both` marks fields that the others changed since the form was opened: there the choice matters.
    """
    touched = {change["field"] for event in _since(case, form.rev.data) for change in event["data"].get("changes", ())}
    rows = []
    for key, mine in form.changes().items():
        field = form.declared.fields[key]
        kind = KINDS[field.kind]
        theirs = getattr(case, field.stored, None)
        after = kind.assignable(mine, field, theirs, type(case)) if not field.fields else mine
        if same_value(_comparable(kind, field, theirs), _comparable(kind, field, after)):
            continue
        rows.append(
            {
                "key": key,
                "label": field.label,
                "mine": _text(mine, field, actor),
                "theirs": _text(theirs, field, actor),
                "both": key in touched,
            }
        )
    return sorted(rows, key=lambda row: not row["both"])


def _comparable(kind, field, value):
    plain = kind.plain(value, field)
    return (
        [{key: item for key, item in row.items() if item not in (None, "", [])} for row in plain]
        if field.fields
        else plain
    )


def _text(value, field, actor):
    if not field.fields:
        return disclosure.text(value, field, actor) or "—"
    rows = KINDS[field.kind].plain(value, field)
    lines = []
    for row in rows:
        cells = [disclosure.text(row.get(column.id), column, actor) for column in field.fields if not column.retired]
        lines.append(" ".join(filter(None, cells)))
    return "\n".join(lines) or "—"


def chosen(changes: dict, posted) -> dict:
    """Leave out the fields for which the others' value was chosen."""
    return {key: value for key, value in changes.items() if posted.get(f"{KEEP}{key}") != THEIRS}


def carried(posted) -> list[tuple[str, str]]:
    """Return the posted inputs that go along with the choice."""
    leave = ("csrf_token", "rev")
    return [
        (name, value) for name, value in posted.items(multi=True) if name not in leave and not name.startswith(KEEP)
    ]


def others(case, rev) -> list[str]:
    """Return sentences on what was done since the form was opened."""
    return [_("%(who)s：%(what)s", who=event["actor_name"], what=event["label"]) for event in _since(case, rev)]


def _since(case, rev):
    # every stored change has one event, and a case is opened with its first
    known = rev_of(str(rev or "")) + 1
    return [event for event in events.history(case.id) if event["seq"] > known]
