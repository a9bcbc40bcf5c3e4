"""What must be true before an action: each guard returns None, or the sentence that tells the user what is missing.

A guard takes a Move: the case, its declaration, the actor, the typed data, the day and the values. The law stands at each.
A need takes a Move too and says whether an action is offered at all. Each phase has its file: GUARDS can be asked before
anything is typed, FORM_GUARDS judge what is typed.
"""

from adminapp.workflow.guards import (
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

PHASES = (application, survey, verification, opinion, posting, decision, award, change, ongoing, supervision, spotcheck)


def _named(name):
    return {item.__name__: item for phase in PHASES for item in getattr(phase, name, ())}


FORM_GUARDS = _named("FORM_GUARDS")
GUARDS = _named("GUARDS") | application.PAPERS | FORM_GUARDS
NEEDS = _named("NEEDS")
