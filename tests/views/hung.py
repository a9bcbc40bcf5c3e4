"""A posting of three households that hangs on the day of the cases, made without the screens. All 虚构."""

from datetime import date

import pytest

from adminapp import database
from adminapp.identity import make_id
from adminapp.postings import course, evidence, prepare
from adminapp.public import refresh, store
from adminapp.scope import acting
from tests.adminapp.postings.village import DAY, picture
from tests.conftest import HERE

VILLAGE = f"{HERE}001"
NAMES = ("龙甲虚", "吴乙虚", "麻丙虚")
CHILD = "小孩虚"


@pytest.fixture(scope="session")
def earlier_pages():
    """Public pages as the first test made them: six hundred, of which a posting changes a few."""
    return []


@pytest.fixture
def hung(cases, earlier_pages):
    """Return a posting of three households that hangs, made and hung without the screens."""
    found = []
    for serial, name in enumerate(NAMES):
        number, members = make_id("433123", date(1956, 3, 7), 300 + serial), [{"name": name, "relation": "self"}, {"name": CHILD, "relation": "child"}]
        case = cases.to_opinion(cases.open(VILLAGE, name, applicant_id=number, income=300000, members=members))
        found.append(cases.move(case, "give_opinion", proposal="approve", comment="符合"))
    clerk = cases.clerk(HERE)
    with acting(clerk):
        [posting] = prepare.prepare(cases.engine, VILLAGE, clerk, DAY)
        photo = evidence.read_photo("x.jpg", picture(7))
        posting = course.hang(cases.engine, posting, photo, "村务公开栏", clerk, posting["rev"])
    pages = database.raw(store.COLLECTION)
    if earlier_pages:
        pages.insert_many(earlier_pages)
    refresh.everything(cases.engine)
    earlier_pages[:] = earlier_pages or pages.find()
    posting["held"] = found
    return posting
