"""Awards: what a person or household receives, as dated spells that are added and never overwritten."""

from adminapp.awards import deaths
from adminapp.awards.register import Register, registers
from adminapp.awards.spells import (
    amount_in,
    as_known,
    derive,
    runs_from,
    spell_in,
    state_in,
)
from adminapp.awards.store import CHANGED, COLLECTION, applied, apply, blank, collection, of_people

__all__ = [
    "CHANGED",
    "COLLECTION",
    "Register",
    "amount_in",
    "applied",
    "apply",
    "as_known",
    "blank",
    "collection",
    "deaths",
    "derive",
    "of_people",
    "registers",
    "runs_from",
    "spell_in",
    "state_in",
]
