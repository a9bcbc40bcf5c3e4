"""What each action of change asks for: operations on the content, the cause of the new spell, another place.

An action of change is one whose key stands here; its form is in adminapp/workflow/actions/change.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

from adminapp.editing import apply_values
from adminapp.fields import KINDS


def _nothing(move):
    return []


@dataclass(frozen=True)
class Change:
    """`operations(move)` are made from what was typed. `decides` False leaves the amount alone. `cause` names the spell."""

    cause: str | Callable
    operations: Callable = _nothing
    decides: bool = True

    def cause_of(self, data: dict) -> str:
        return self.cause(data) if callable(self.cause) else self.cause


def _add_member(move):
    field = move.relief_type.fields[move.relief_type.home.table]
    rows = KINDS[field.kind].assignable(move.data.get(field.id), field, (), move.published.model)
    for row in rows:
        row.row = move.token()[:8]
    return [{"do": "add", "field": field.stored, "rows": [row.to_mongo().to_dict() for row in rows]}]


def _remove_member(move):
    field = move.relief_type.fields[move.relief_type.home.table]
    return [{"do": "remove", "field": field.stored, "row": move.data.get("member") or ""}]


def _reduce_share(move):
    field, refusals = move.relief_type.fields[move.relief_type.home.table], move.relief_type.ongoing.refusals
    return [{"do": "mark", "field": field.stored, "row": move.data.get("member") or "", "column": refusals.column, "value": refusals.value}]


def _set(move):
    """Take over what was edited: `changes` are plain values by field id, as the form of the case gives them."""
    return set_values(move, move.data.get("changes") or {})


def _account(move):
    fields = account_fields(move.relief_type)
    return set_values(move, {key: move.data[key] for key in fields if key in move.data})


def account_fields(relief_type) -> list[str]:
    """Return the ids of the fields that say where money goes: the account and, by their names, its holder and bank."""
    live = relief_type.live_fields
    named = [key for key in ("account_name", "bank_name") if key in live]
    return [*named, *(key for key, field in live.items() if field.kind == "bank_account")]


def set_values(move, changes: dict) -> list[dict]:
    """Return the operation that sets plain values by field id; what is the same already is left out."""
    case = move.published.model._from_son(move.stored())
    fields = move.relief_type.fields
    listed = apply_values(case, move.relief_type, {key: value for key, value in changes.items() if key in fields})
    if not listed:
        return []
    names = [fields[item["field"]].stored for item in listed]
    stored = case.stored_values(names)
    return [{"do": "set", "values": {name: stored.get(name) for name in names}}]


CHANGES = {
    "add_member": Change("member_add", _add_member),
    "remove_member": Change("member_remove", _remove_member),
    "reduce_share": Change("refusal", _reduce_share),
    "change_content": Change(lambda data: data.get("kind") or "income", _set),
    "change_account": Change("account", _account, decides=False),
    "change_place": Change("move"),
    "adjust_amount": Change("amount"),
    "adjust_standard": Change("standard"),
    "adjust_birthday": Change("birthday"),
}
"""Action → what it changes."""
