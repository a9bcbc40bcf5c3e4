"""A village with cases up to their opinion, and the sheet that posts them. All 虚构."""

import io
from datetime import date

import pytest
from PIL import Image

from adminapp import dates
from adminapp.identity import make_id
from adminapp.objections import course as objections
from adminapp.postings import course, evidence, prepare, register
from adminapp.scope import Actor, acting
from adminapp.workflow.opening import open_case
from tests.story import CLERK, HEAD, SURVEYORS, VILLAGE, move, walk

DAY = date(2026, 9, 16)
END, AFTER = date(2026, 9, 24), date(2026, 9, 28)
"""Seven working days from DAY, Sunday the 20th is worked; and the first working day after, behind the holiday."""
ASSISTANT = Actor("assistant", "村协理虚构", frozenset({"village_assistant"}), frozenset({VILLAGE[:9]}), frozenset({VILLAGE}))
FAR = Actor("far", "外乡虚构", frozenset({"township_clerk"}), frozenset({"433123101"}))
NAMES = ("龙甲虚", "吴乙虚", "麻丙虚", "石丁虚", "田戊虚")


def picture(colour=0, taken: str = "") -> bytes:
    """Return a small JPEG; another colour is another picture, `taken` is what its camera says (2026:09:16 10:00:00)."""
    image, out = Image.new("RGB", (40, 30), (colour, 90, 120)), io.BytesIO()
    exif = Image.Exif()
    if taken:
        exif[0x0132] = taken
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


class Village:
    """Walks cases to the point of posting, and takes the steps of the sheet."""

    def __init__(self, held):
        self.held, self.engine = held, held.engine
        self.colour = 0

    def case(self, serial=0, village=VILLAGE, key="demo", on=DAY, proposal="approve"):
        number = make_id("433123", date(1956, 3, 7), 400 + serial)
        values = {
            "applicant_name": NAMES[serial % 5], "applicant_id": number, "income": 900000,
            "members": [{"name": NAMES[serial % 5], "relation": "self", "id_number": number}, {"name": "小孩虚", "relation": "child"}],
        }  # fmt: skip
        with acting(CLERK), dates.frozen(on):
            found = open_case(self.engine.registry.get(key), CLERK, village, values, self.engine.standards)
        visit = {"date": on, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "属实", "conclusion": "eligible"}
        return walk(
            self.held, found, (CLERK, on, "submit", {}), (CLERK, on, "accept", {"relative": False}), (CLERK, on, "start_survey", {}),
            (CLERK, on, "record_visit", visit), (CLERK, on, "form_opinion", {}),
            (CLERK, on, "give_opinion", {"proposal": proposal, "comment": "符合"}),
        )  # fmt: skip

    def prepare(self, actor=CLERK, on=DAY, village=VILLAGE, **more):
        with acting(actor), dates.frozen(on):
            return prepare.prepare(self.engine, village, actor, more.pop("planned", on), **more)

    def photo(self, **more):
        self.colour += 1
        return evidence.read_photo("张贴.jpg", picture(self.colour, **more))

    def hang(self, posting, actor=CLERK, on=DAY, photo=None, place="村务公开栏"):
        with acting(actor), dates.frozen(on):
            return course.hang(self.engine, posting, photo or self.photo(), place, actor, posting["rev"])

    def posted(self, count=3, **more):
        cases = [self.case(serial) for serial in range(count)]
        [posting] = self.prepare(**more)
        return cases, self.hang(posting)

    def take_down(self, posting, actor=CLERK, on=AFTER, taken=None, photo=None):
        posting = self.now(posting)
        with acting(actor), dates.frozen(on):
            return course.take_down(posting, actor, posting["rev"], taken or on, photo)

    def close(self, posting, actor=CLERK, on=AFTER):
        posting = self.now(posting)
        with acting(actor), dates.frozen(on):
            return course.close(self.engine, posting, actor, posting["rev"])

    def object(self, posting, case, actor=None, on=date(2026, 9, 18), **values):
        values = {"name": "向某虚", "contact": "07430000000", "content": "收入没有如实申报", **values}
        with dates.frozen(on):
            return objections.receive(self.now(posting), case.pk, values, actor=actor)

    def now(self, posting):
        return register.database.raw(register.COLLECTION).find_one({"_id": posting["_id"]})

    def state(self, case):
        return register.database.raw("cases").find_one({"_id": case.pk})["state"]

    def move(self, case, actor=CLERK, on=DAY, **data):
        found = register.database.raw("cases").find_one({"_id": case.pk})
        return move(self.held, self.engine.registry.get(found["type"], found["schema_version"]).model._from_son(found), actor, on, **data)


@pytest.fixture
def village(engine):
    return Village(engine)


__all__ = ["AFTER", "ASSISTANT", "CLERK", "DAY", "END", "FAR", "HEAD", "VILLAGE", "picture", "village"]
