"""The townships that a list offers: the reader's own, all of them for the county."""

import pytest
from flask import g

from adminapp import divisions
from adminapp.scope import ALL, Actor
from tests.conftest import HERE, THERE
from views.places import townships

VILLAGE = divisions.villages(HERE)[0].code


@pytest.mark.parametrize(
    ("reach", "offered"),
    [
        ({"townships": frozenset({HERE})}, [HERE]),
        ({"townships": frozenset({HERE}), "villages": frozenset({VILLAGE})}, [HERE]),
        ({"townships": frozenset({HERE, THERE})}, sorted([HERE, THERE])),
        ({"townships": frozenset()}, []),
    ],
    ids=["township", "village", "two", "none"],
)
def test_somebody_is_offered_their_own_townships(app, reach, offered):
    with app.test_request_context():
        g.actor = Actor("x", "x", **reach)
        assert [code for code, _name in townships()] == offered


def test_the_county_is_offered_every_township(app):
    with app.test_request_context():
        g.actor = Actor("x", "x", townships=ALL)
        assert townships() == divisions.township_choices()
