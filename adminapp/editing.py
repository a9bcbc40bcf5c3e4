"""Sets typed values on a case, and tells in words what changed."""

from adminapp import disclosure
from adminapp.fields import KINDS


def apply_values(case, relief_type, changes: dict) -> list[dict]:
    """Set field values on the case in memory; return [{field, label, before, after}] as masked texts for the log."""
    listed = []
    for key, value in changes.items():
        declared = relief_type.fields[key]
        kind = KINDS[declared.kind]
        before = getattr(case, declared.stored, None)
        after = kind.assignable(value, declared, before, type(case))
        if same_value(kind.plain(before, declared), kind.plain(after, declared)):
            continue
        setattr(case, declared.stored, after)
        show = kind.mask if disclosure.class_of(declared) in disclosure.HIDDEN else str
        listed.append({"field": key, "label": declared.label, "before": show(kind.text(before, declared)), "after": show(kind.text(after, declared))})
    return listed


def same_value(before, after):
    return before == after or (not before and not after and before is not False and after is not False and before != 0 and after != 0)
