"""Takes findings of a visit over into the application: by an explicit edit, never by itself."""

from adminapp.errors import Invalid
from adminapp.fields.table import read
from adminapp.visits.compared import differences
from adminapp.workflow.transition import Move, edit


def take_over(move: Move, chosen: list[str], rev: int) -> list[dict]:
    """Put the chosen findings of the last visit into the application, by an edit that names the visit; return its changes.

    Raise Invalid when nothing is chosen or a finding is no longer there, Conflict when the case moved on.
    """
    record = move.case.last_record("visit")
    found = {item.key: item for item in differences(record["data"], move.relief_type, move.values) if item.can_be_taken} if record else {}
    if not chosen:
        raise Invalid("请勾选要采纳的调查结果。")
    if not set(chosen) <= set(found):
        raise Invalid("有的差异已经处理过了，请刷新后再选。")
    changes = {}
    for key in chosen:
        item = found[key]
        if item.column is None:
            changes[item.field.id] = item.value
            continue
        rows = changes.setdefault(item.field.id, [{"row": read(row, "row")} for row in move.values.raw[item.field.id]])
        next(row for row in rows if row["row"] == item.row)[item.column.id] = item.value
    return edit(move, changes, rev, {"visit": record["id"]})
