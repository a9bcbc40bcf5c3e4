"""Who reads a field in full: values are masked once, when they leave for a screen or a sheet, by the field's class.

public and staff: everybody who reaches the case. personal: those who work on the case, on its own page; masked in
lists and for auditors. secret: masked for everybody; one value at a time is revealed for a stated reason, and that is
logged. Formulas, validation and the forms' checks always see true values.
"""

from adminapp.fields import KINDS
from adminapp.policy import CASE_WORKERS

LIST, CASE, PRINT = "list", "case", "print"
REVEALABLE = {"secret", "personal"}


def class_of(field) -> str:
    """Return public, staff, personal or secret: the field's own class, or that of its kind."""
    return field.disclosure or KINDS[field.kind].disclosure


def in_full(field, actor, place: str = CASE) -> bool:
    """Return whether the actor reads the field unmasked at a place (LIST, CASE, PRINT)."""
    found = class_of(field)
    if found == "secret":
        return False
    return found != "personal" or (place != LIST and actor.has(*CASE_WORKERS))


def text(value, field, actor, place: str = CASE) -> str:
    """Return the value as this reader may see it at a place; blank is the empty text."""
    kind = KINDS[field.kind]
    shown = kind.text(value, field)
    return shown if in_full(field, actor, place) else kind.mask(shown)


def hides(value, field, actor, place: str = CASE) -> bool:
    """Return whether there is a value that this reader sees only masked."""
    return bool(KINDS[field.kind].text(value, field)) and not in_full(field, actor, place)
