"""Which states of a case stand on which steps: what a type that drops a step leaves without a way on."""

from adminapp.workflow.machine import STATES

STANDS_ON = {
    "surveying": ("survey", "verification"),
    "appraisal": ("appraisal",),
    "publicity": ("posting",),
    "objection": ("posting",),
}
"""States that only a step leads to; with none of its steps a case could not go on there as the type means it."""


def stranded(relief_type) -> list[str]:
    """Return the states that a type without their steps cannot have."""
    return [state for state, steps in STANDS_ON.items() if not set(steps) & set(relief_type.step_by_name)]


def reachable(relief_type) -> dict[str, str]:
    """Return {state: label} of where cases may be sent instead, in the order of the procedure; drafts and ends are left out."""
    gone = {*stranded(relief_type), "draft"}
    return {key: state.label for key, state in STATES.items() if key not in gone and (state.open or state.on_roll)}
