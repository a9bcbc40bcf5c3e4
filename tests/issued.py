"""A case of the small story that was accepted, and its notices issued, for tests that read what they say."""

from datetime import date

from adminapp.notices.due import due_of
from adminapp.scope import acting
from schemas import notice as notices
from tests.story import CLERK, walk

DAY = date(2026, 9, 16)


def issue(engine, case, kind, actor=CLERK, **options):
    registry, table = engine
    with acting(actor):
        return notices.issue(case, registry.of(case), due_of(case, kind), actor, standards=table, **options)


def accepted(engine, case):
    return walk(engine, case, (CLERK, DAY, "submit", {}), (CLERK, DAY, "accept", {"relative": False}))
