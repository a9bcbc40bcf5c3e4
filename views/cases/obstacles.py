"""What stands in the way of an action before anything is typed.

Said on the case page, so that nobody fills in a form for nothing.
"""

from adminapp.workflow.guards import GUARDS
from adminapp.workflow.machine import ACTIONS

ASKS_THE_FORM = {
    "relative_named",
    "two_surveyors",
    "surveyors_unrelated",
    "not_before_application",
    "not_before_decision",
    "votes_add_up",
    "consulted",
    "proposal_matches",
    "adjustment_allowed",
    "posting_not_past",
}
"""Guards that judge what is typed; all others can be asked before."""


def obstacles(move, action: str) -> list[str]:
    """Return what would refuse the action whatever is typed."""
    guards = [guard for guard in ACTIONS[action].guards if guard not in ASKS_THE_FORM]
    return [sentence for guard in guards if (sentence := GUARDS[guard](move))]
