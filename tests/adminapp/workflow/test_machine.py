"""Every state x action x role: only what the table says succeeds, and the table itself is whole."""

from itertools import product
from types import SimpleNamespace

import pytest

from adminapp.declaration import read_text
from adminapp.errors import Forbidden, Invalid
from adminapp.fields import KINDS
from adminapp.policy import ROLES
from adminapp.scope import Actor
from adminapp.workflow.asked import CASE_OPTIONS, OPTIONS
from adminapp.workflow.effects import EFFECTS
from adminapp.workflow.guards import GUARDS, NEEDS
from adminapp.workflow.machine import ACTIONS, MILESTONES, STATES, STEPS
from adminapp.workflow.transition import Move, offered, take
from tests.story import DECLARATION

RELIEF_TYPE = read_text(DECLARATION)
PUBLISHED = SimpleNamespace(relief_type=RELIEF_TYPE, version=1)


def blank_case(state):
    case = SimpleNamespace(
        state=state, township="433123109", village="433123109001", flags=[], files=[], records=[], clocks=[], people=[], relations=[], decision={}, amount=None,
        applied_on=None, accepted_on=None, accepted_by="x", opinion_by="x", pk=None, rev=0,
    )  # fmt: skip
    case.records_of = lambda kind: []
    case.last_record = lambda kind: None
    return case


@pytest.mark.parametrize("role", ROLES)
def test_nobody_takes_an_action_outside_the_table(role):
    actor = Actor(role, role, frozenset({role}), frozenset({"433123109"}))
    for state, (key, action) in product(STATES, ACTIONS.items()):
        move = Move(blank_case(state), PUBLISHED, actor, None)
        legal = state in action.source and role in action.roles
        if not legal:
            assert key not in offered(move), (state, key, role)
            with pytest.raises(Forbidden):
                take(move, key)


def test_another_township_is_offered_nothing():
    stranger = Actor("x", "x", frozenset(ROLES), frozenset({"433123101"}))
    for state in STATES:
        assert offered(Move(blank_case(state), PUBLISHED, stranger, None)) == {}


def test_an_unknown_action_is_refused():
    everybody = Actor("x", "x", frozenset(ROLES), None)
    with pytest.raises(Forbidden):
        take(Move(blank_case("draft"), PUBLISHED, everybody, None), "delete")


def test_required_entries_are_asked_for():
    clerk = Actor("x", "x", frozenset({"township_clerk"}), None)
    with pytest.raises(Invalid, match="请填写“理由”"):
        take(Move(blank_case("submitted"), PUBLISHED, clerk, None), "not_accept")


def test_every_action_is_whole():
    for key, action in ACTIONS.items():
        assert set(action.source) <= set(STATES) and (action.to is None or action.to in STATES), key
        assert set(action.roles) <= set(ROLES), key
        assert set(action.guards) <= set(GUARDS) and set(action.needs) <= set(NEEDS) and set(action.effects) <= set(EFFECTS), key
        assert set(action.milestones) <= set(MILESTONES) and action.step in {"", *STEPS}, key
        assert not action.fields or action.record, f"{key} asks for entries and keeps none"
        for field in action.fields:
            chosen = (key, field.id) in {*OPTIONS, *CASE_OPTIONS, ("change_place", "village")}  # from the type, the case, the county
            assert chosen or not list(KINDS[field.kind].check(field, key))


def test_every_state_is_reached_and_left_or_final():
    reached = {state for action in ACTIONS.values() for state in (action.to, *action.also)} | {"draft"}
    left = {state for action in ACTIONS.values() for state in action.source if action.to}
    assert {state for action in ACTIONS.values() for state in action.also} <= set(STATES)
    assert reached - {None} == set(STATES)
    assert {state for state in STATES if state not in left} == {"not_accepted", "refused", "terminated_uncoop", "terminated", "withdrawn"}


def test_every_guard_is_used_and_says_why():
    used = {name for action in ACTIONS.values() for name in action.guards}
    assert used == set(GUARDS)
