"""A step that people take with what belongs to the money of a month: a fund request, the closing of a month."""

from dataclasses import dataclass

from adminapp.scope import Actor


@dataclass(frozen=True)
class Step:
    """A step: who may take it from which state; `other_person`: never one who made or asked for what it decides (四眼原则)."""

    label: str
    source: str
    to: str
    roles: frozenset[str]
    hint: str
    reason: bool = False
    other_person: bool = False

    def is_open(self, state: str, actor: Actor) -> bool:
        """Tell whether somebody of this role may take it from this state; whether it must be another person is asked apart."""
        return state == self.source and actor.has(*self.roles)
