"""What acceptance says of who handles the case and who is responsible for it."""

from adminapp.auth import users
from adminapp.workflow import responsible
from adminapp.workflow.action import CLERK


def name_responsible(move, record):
    """Who accepts handles the case, and the persons responsible are those in office now (县方案 五(二)2)."""
    case, actor, absent = move.case, move.actor, move.stands_for(CLERK)
    clerk = {"id": absent["from"], "name": absent["from_name"]} if absent else {"id": actor.id, "name": actor.name}
    if case.owner and case.owner != clerk["id"]:
        clerk = {"id": case.owner, "name": users.name_of(case.owner)}
    case.owner = clerk["id"]
    responsible.name(case, move.officials(), clerk, move.on)


EFFECTS = (name_responsible,)
