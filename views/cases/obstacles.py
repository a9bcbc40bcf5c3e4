"""What stands in the way of an action before anything is typed.

Said on the case page, so that nobody fills in a form for nothing.
"""

from adminapp.workflow.guards import FORM_GUARDS, GUARDS
from adminapp.workflow.machine import ACTIONS


def obstacles(move, action: str) -> list[str]:
    """Return what would refuse the action whatever is typed."""
    guards = [guard for guard in ACTIONS[action].guards if guard not in FORM_GUARDS]
    return [sentence for guard in guards if (sentence := GUARDS[guard](move))]
