"""Labels of the codes that registers show, from where each list of codes is defined."""

from collections.abc import Callable

from adminapp.awards.entries import CAUSES
from adminapp.leads import leads
from adminapp.ledger import recovery
from adminapp.related.kinship import kinship
from adminapp.supervision import checks
from adminapp.workflow.actions import ACTIONS
from adminapp.workflow.asked import DEFAULT_ENDS
from adminapp.workflow.machine import STATES


def _options(action: str, name: str) -> Callable[[], dict[str, str]]:
    """Return the options of an entry in the form of an action."""

    def read():
        action_ = ACTIONS[action]
        entry = next(item for item in (*action_.fields, *action_.closing) if item.id == name)
        return {option.code: option.label for option in entry.options}

    return read


def _labels(states) -> Callable[[], dict[str, str]]:
    return lambda: {key: getattr(state, "label", state) for key, state in states.items()}


def _member_reasons():
    return _options("add_member", "code")() | _options("remove_member", "code")()


TABLES: dict[str, Callable[[], dict[str, str]]] = {
    "cause": lambda: CAUSES,
    "member_reason": _member_reasons,
    "case_state": _labels(STATES),
    "check_state": _labels(checks.STATES),
    "check_basis": _labels(checks.BASES),
    "recovery_state": _labels(recovery.STATES),
    "recovery_way": _labels(recovery.WAYS),
    "lead_kind": _labels(leads.KINDS),
    "lead_state": _labels(leads.STATES),
    "kin_relation": lambda: kinship().labels(),
    "end_reason": _labels(DEFAULT_ENDS),
    **{f"{action}.{name}": _options(action, name) for action, name in (
        ("suspend", "code"), ("record_hearing", "way"), ("record_spot_check", "result"),
    )},
}  # fmt: skip
"""Name → function that returns {code: label}. The reasons of ends are declared by each type: `labels_of` adds them."""


def labels_of(name: str, types: dict) -> dict[str, str]:
    """Return {code: label} of a table; `types` are the published types by key."""
    found = dict(TABLES[name]())
    if name == "end_reason":
        for published in types.values():
            found |= {item.code: item.label for item in published.relief_type.end_reasons}
    return found
