"""When leaders may change the course of a case."""

from adminapp.workflow import clocks


def extendable(move):
    return any(clocks.is_extendable(clock) for clock in move.case.clocks)


NEEDS = (extendable,)
