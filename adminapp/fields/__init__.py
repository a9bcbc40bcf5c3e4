"""Field kinds by name. A new kind is one class here; form, storage, filter, export, mask and formulas follow from it."""

from adminapp.fields.attachment import Attachment
from adminapp.fields.base import Kind
from adminapp.fields.choice import Choice, Division, MultiChoice, YesNo
from adminapp.fields.computed import Computed, Note
from adminapp.fields.number import Decimal, Integer, Money
from adminapp.fields.personal import BankAccount, IdNumber, Phone
from adminapp.fields.table import Table
from adminapp.fields.textual import LongText, Month, PersonName, Text
from adminapp.fields.when import Date

KINDS: dict[str, Kind] = {}

for _kind in (
    Text, LongText, PersonName, Integer, Decimal, Money, Date, Month, YesNo, Choice, MultiChoice, IdNumber, Phone, BankAccount,
    Division, Table, Attachment, Computed, Note,
):  # fmt: skip
    if _kind.name in KINDS:
        raise ValueError(f"field kind {_kind.name} is registered twice")
    KINDS[_kind.name] = _kind()

__all__ = ["KINDS", "Kind"]
