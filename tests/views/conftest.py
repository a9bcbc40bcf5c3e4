"""A small relief type published in the app, and cases of it, for the tests of the case screens."""

from datetime import date

import pytest

from adminapp import dates
from adminapp.scope import Actor, acting
from adminapp.workflow.machine import ACTIONS
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, perform
from tests.story import DECLARATION, SURVEYORS
from tests.views.hung import earlier_pages, hung

DAY = date(2026, 9, 16)
ID_NUMBER = "433123195603074216"


class Cases:
    """Makes cases of the demo type as the clerk of a township, without the screens."""

    def __init__(self, app):
        self.app, self.engine = app, app.extensions["relief"]

    def publish(self, source=DECLARATION):
        return self.engine.registry.publish(source, "tests", self.engine.standards.types())

    def clerk(self, township):
        return Actor(f"clerk-{township}", "经办虚构", frozenset({"township_clerk"}), frozenset({township}))

    def open(self, village, name="龙䶮虚构", on=DAY, **values):
        values = {
            "applicant_name": name,
            "applicant_id": ID_NUMBER,
            "income": 900000,
            "members": [{"name": name, "relation": "self", "id_number": ID_NUMBER}],
            **values,
        }
        clerk = self.clerk(village[:9])
        with acting(clerk), dates.frozen(on):
            return open_case(self.engine.registry.get("demo"), clerk, village, values, self.engine.standards)

    def move(self, case, action, on=DAY, **data):
        clerk = self.clerk(case.township)
        with acting(clerk), dates.frozen(on):
            driver = ACTIONS[action].driven  # as its engine would
            perform(Move(case, self.engine.registry.of(case), clerk, self.engine.standards, data, on, driver=driver), action)
        return case

    def to_opinion(self, case):
        self.move(case, "submit")
        self.move(case, "accept", relative=False)
        self.move(case, "start_survey")
        self.move(
            case,
            "record_visit",
            date=DAY,
            way="visit",
            surveyors=SURVEYORS,
            respondent="本人",
            findings="属实",
            conclusion="eligible",
        )
        return self.move(case, "form_opinion")


@pytest.fixture
def cases(app, people):
    found = Cases(app)
    found.publish()
    return found


@pytest.fixture
def today():
    """Hold the clock at the day of the cases."""
    with dates.frozen(DAY):
        yield DAY


__all__ = ["earlier_pages", "hung"]
