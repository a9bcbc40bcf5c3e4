"""Who reads a field in full: values are masked once, when they leave for a screen or a sheet, by the field's class.

public and staff: everybody who reaches the case. personal: those who work on the case, on its own page; masked in
lists and for auditors. secret: masked for everybody; one value at a time is revealed for a stated reason, and that is
logged. checker: raw data of a verification, masked like a secret and revealed to the county's checkers alone (社会救助法
第七十条). Formulas, validation and the forms' checks always see true values.
"""

from adminapp.fields import KINDS
from adminapp.policy import AUDITOR, CASE_WORKERS, REVIEWER

LIST, CASE, PRINT = "list", "case", "print"
CHECKER = "checker"
REVEALERS = {"secret": CASE_WORKERS | {AUDITOR}, "personal": CASE_WORKERS | {AUDITOR}, CHECKER: frozenset({REVIEWER})}
"""Class → roles that may see a value of it for a stated reason."""
HIDDEN = frozenset({"personal", "secret", CHECKER})
"""Classes whose values stand masked in what everybody who reaches a case reads alike: history, reports."""
SEALED = frozenset({"secret", CHECKER})
"""Classes that nobody reads without a stated reason, wherever they stand."""


def class_of(field) -> str:
    """Return public, staff, personal, secret or checker: the field's own class, or that of its kind."""
    return field.disclosure or KINDS[field.kind].disclosure


def in_full(field, actor, place: str = CASE) -> bool:
    """Return whether the actor reads the field unmasked at a place (LIST, CASE, PRINT)."""
    found = class_of(field)
    if found in SEALED:
        return False
    return found != "personal" or (place != LIST and actor.has(*CASE_WORKERS))


def may_reveal(found: str, actor) -> bool:
    """Return whether the actor may see values of a class for a stated reason."""
    return actor.has(*REVEALERS.get(found, ()))


def text(value, field, actor, place: str = CASE) -> str:
    """Return the value as this reader may see it at a place; blank is the empty text."""
    kind = KINDS[field.kind]
    shown = kind.text(value, field)
    return shown if in_full(field, actor, place) else kind.mask(shown)


def hides(value, field, actor, place: str = CASE) -> bool:
    """Return whether there is a value that this reader sees only masked."""
    return bool(KINDS[field.kind].text(value, field)) and not in_full(field, actor, place)


def posted_name(name: str, way: str = "middle") -> str:
    """Return a name as the public pages show it: `way` middle (龙*远), surname (龙**) or full."""
    if way == "full" or len(name) < 2:
        return name
    if way == "surname" or len(name) == 2:
        return name[0] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]
