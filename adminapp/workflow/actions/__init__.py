"""All actions by key, in the order of the procedure; each phase has its file."""

from adminapp.workflow.actions import (
    application,
    award,
    change,
    decision,
    ongoing,
    opinion,
    posting,
    spotcheck,
    supervision,
    survey,
    verification,
)

PHASES = (application, survey, verification, opinion, posting, decision, change, award, ongoing, supervision, spotcheck)
ACTIONS = {key: action for phase in PHASES for key, action in phase.ACTIONS.items()}
if len(ACTIONS) != sum(len(phase.ACTIONS) for phase in PHASES):
    raise ValueError("an action stands in two phases")
