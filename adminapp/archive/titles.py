"""How records and papers are called in a file."""

from adminapp.workflow.machine import ACTIONS

EVIDENCE = {item.document: item.label for action in ACTIONS.values() for item in action.evidence}


def record_title(record: dict) -> str:
    """Return what a record tells of: the label of the action that made it."""
    action = ACTIONS.get(record.get("action"))
    return action.label if action else RECORDS.get(record["kind"], record["kind"])


RECORDS = {"relative": "近亲属核对", "urging": "督办", "complaint": "投诉举报"}
"""Records that no action of the case makes."""


def document_titles(relief_type) -> dict[str, str]:
    """Return document id → label of everything a case of this type may hold."""
    declared = {item.id: item.label for item in relief_type.documents}
    attached = {field.id: field.label for field in relief_type.live_fields.values() if field.kind == "attachment"}
    return EVIDENCE | declared | attached
