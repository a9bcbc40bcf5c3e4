"""Labels of the codes that registers show, from where each list of codes is defined."""

from collections.abc import Callable

from adminapp.awards.entries import CAUSES
from adminapp.complaints import register as complaints
from adminapp.leads import leads
from adminapp.ledger import recovery
from adminapp.objections import register as objections
from adminapp.registers import entry
from adminapp.related.kinship import kinship
from adminapp.supervision import checks
from adminapp.workflow import deadlines
from adminapp.workflow.actions import ACTIONS
from adminapp.workflow.asked import DEFAULT_ENDS
from adminapp.workflow.machine import STATES


def _options(action: str, name: str) -> Callable[[], dict[str, str]]:
    """Return the options of an entry in the form of an action."""

    def read():
        action_ = ACTIONS[action]
        asked = next(item for item in (*action_.fields, *action_.closing) if item.id == name)
        return {option.code: option.label for option in asked.options}

    return read


def _labels(states) -> Callable[[], dict[str, str]]:
    return lambda: {key: getattr(state, "label", state) for key, state in states.items()}


def _member_reasons():
    return _options("add_member", "code")() | _options("remove_member", "code")()


def _sending_back():
    return {key: action.label for key, action in ACTIONS.items() if action.record in ("supplement_request", "return")}


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
    "clock": dict,
    "entry_state": _labels(entry.STATES),
    "outcome": lambda: deadlines.OUTCOMES,
    "late_cause": lambda: deadlines.CAUSES | {deadlines.SYSTEM: "系统办理"},
    "returning": _sending_back,
    "objection_state": _labels(objections.STATES),
    "objection_decision": _labels(objections.DECISIONS),
    "objection_channel": _labels(objections.CHANNELS),
    "complaint_state": _labels(complaints.STATES),
    "complaint_subject": _labels(complaints.SUBJECTS),
    "complaint_channel": _labels(complaints.CHANNELS),
    "complaint_conclusion": _labels(complaints.CONCLUSIONS),
    **{f"{action}.{name}": _options(action, name) for action, name in (
        ("suspend", "code"), ("record_hearing", "way"), ("record_spot_check", "result"),
    )},
}  # fmt: skip
"""Name → function that returns {code: label}. What types declare themselves, `labels_of` adds."""

DECLARED = {"end_reason": lambda relief_type: {item.code: item.label for item in relief_type.end_reasons},
            "clock": lambda relief_type: {clock.id: clock.label for clock in relief_type.clocks}}  # fmt: skip


def labels_of(name: str, types: dict) -> dict[str, str]:
    """Return {code: label} of a table; `types` are the published types by key."""
    found = dict(TABLES[name]())
    for published in types.values() if name in DECLARED else ():
        found |= DECLARED[name](published.relief_type)
    return found
