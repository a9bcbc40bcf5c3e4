"""Four households on their whole way, under the county's own declarations: each step is posted by the officer who owns it.

Low income with an objection, 特困 with a care grade, a child without posting, and urgent relief that was paid first. What comes from
elsewhere (the answer of a verification, a sheet on a wall) comes through the functions behind its screens.
"""

import re
from datetime import date
from random import Random

import pytest

from adminapp import awards, database, dates, divisions, files
from adminapp.auth.users import actor_of, get
from adminapp.errors import Invalid
from adminapp.objections import course as objections
from adminapp.postings import course, evidence, prepare, register
from adminapp.scope import acting
from adminapp.verification import batches, requests
from adminapp.verification import people as verified
from adminapp.visits import compared
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, perform
from seed.accounts import SMALL
from seed.content import CARE, INCOME_COLUMNS, Subject, values_for
from seed.people import households
from tests.adminapp.postings.village import picture
from tests.conftest import HERE
from tests.story import SURVEYORS
from tests.world import PDF

DAY = date(2026, 9, 16)
CLERK, HEAD, DEPUTY, REVIEWER, APPROVER = "clerk.tuojiang", "head.tuojiang", "deputy.tuojiang", "reviewer", "approver"
VILLAGE = divisions.villages(HERE)[0].code


class Walk:
    """One household. `post` posts the form of an action as the officer of that username."""

    def __init__(self, app, browser, login, key, shape, **traits):
        self.app, self.engine, self.key = app, app.extensions["relief"], key
        self.login = lambda username: login(username, browser())
        homes = households(0, 7, on=DAY, townships=SMALL, extra=[shape] * 20)
        wanted = (lambda one: one.father and one.mother) if key == "unattended_child" else (lambda one: True)
        home, person = next((home, one) for home in homes for one in home.members if wanted(one))
        self.on = DAY
        changes = traits.pop("values", {})
        values = values_for(key, Subject(home, person, DAY, Random(1), traits)) | changes
        for row in values.get("members", ()):
            row.update({column: None for column in INCOME_COLUMNS if column in row})
        values = {name: value for name, value in values.items() if name in self.relief_type.fields}
        with self.as_of(CLERK) as clerk, dates.frozen(DAY):
            self.pk = open_case(self.engine.registry.get(key), clerk, VILLAGE, values, self.engine.standards).pk

    def as_of(self, username):
        return acting(actor_of(get(username)))

    def case(self):
        row = database.raw("cases").find_one({"_id": self.pk})
        return self.engine.registry.get(row["type"], row["schema_version"]).model._from_son(row)

    @property
    def state(self):
        return self.case().state

    def values(self):
        with self.as_of(CLERK) as clerk:
            case = self.case()
            return Move(case, self.engine.registry.of(case), clerk, self.engine.standards, {}, self.on).values

    def attach(self, step):
        """Bring the papers that are due before a step, as the clerk."""
        case, values = self.case(), self.values()
        for document in self.engine.registry.of(case).relief_type.documents:
            due = document.required or values.holds(document.required_when, default=False)
            if document.step == step and due and document.id not in {item.document for item in self.case().files}:
                with self.as_of(CLERK) as clerk:
                    files.add(self.case(), clerk, document.id, f"{document.label}.pdf", PDF)

    def post(self, username, action, papers=(), **typed):
        """Post the form of an action and return the answer; what the form asks of a visit is taken as declared."""
        with dates.frozen(self.on):
            browser, url = self.login(username), f"/cases/{self.key}/{self.pk}/act/{action}"
            page = browser.get(url)
            assert page.status_code == 200, (action, self.state, page.status_code)
            return browser.post(url, {"rev": re.search(r'name="rev"[^>]*value="(\d+)"', page.text)[1], **typed})

    def done(self, username, action, **typed):
        answer = self.post(username, action, **typed)
        problems = re.findall(r"<li[^>]*>(.*?)</li>", answer.text.partition("没有办理")[2].partition("</ul>")[0])
        assert answer.status_code == 302, (action, problems)
        return self

    def engine_takes(self, username, action, driver="", **data):
        with self.as_of(username) as actor, dates.frozen(self.on):
            case = self.case()
            perform(Move(case, self.engine.registry.of(case), actor, self.engine.standards, data, self.on, driver=driver), action)

    def accept(self):
        self.attach("submit")
        self.done(CLERK, "submit")
        self.attach("accept")
        return self.done(CLERK, "accept", relative="no")

    def survey(self):
        """Visit and, where declared, verify."""
        self.done(CLERK, "start_survey")
        with self.as_of(CLERK):
            found = compared.as_declared(self.relief_type, self.values())
        for field in (field for part in self.relief_type.survey.sections for field in part.fields):
            if field.required and not field.source and field.id not in found:
                found[field.id] = True if field.kind == "yes_no" else field.options[0].code
        seen = {"date": self.on, "way": "visit", "surveyors": SURVEYORS, "respondent": "本人", "findings": "与申报一致（虚构）", "conclusion": "eligible"}
        self.engine_takes(CLERK, "record_visit", **found, **seen)
        if "verification" in self.relief_type.step_by_name:
            self.verify()
        return self.done(CLERK, "form_opinion")

    @property
    def relief_type(self):
        return self.engine.registry.get(self.key).relief_type

    def verify(self):
        """Ask the county, which finds what was declared."""
        case, values = self.case(), self.values()
        people = verified.subjects(case, self.relief_type, values)
        signed = [{"name": item.name, "relation": item.relation, "signed_on": self.on, "way": "self"} for item in people if item.must_sign(self.on)]
        self.engine_takes(CLERK, "record_authorisation", signed=signed)
        self.done(CLERK, "request_verification")
        with self.as_of(REVIEWER) as reviewer, dates.frozen(self.on):
            batch = batches.make([database.raw(requests.COLLECTION).find_one({"case": self.pk})["_id"]], reviewer)
        self.engine_takes(REVIEWER, "send_verification", "verification", batch=batch["_id"], date=self.on)
        kinds = [{"kind": item.kind, "result": "none", "note": ""} for item in self.relief_type.verification.inquiries]
        asked = database.raw(requests.COLLECTION).find_one({"case": self.pk})["_id"]
        told = {"date": self.on, "result": "consistent", "kinds": kinds, "summary": "与申报一致（虚构）", "request": asked}
        self.engine_takes(REVIEWER, "report_verification", "verification", **told)

    def opinion(self):
        return self.done(CLERK, "give_opinion", proposal="approve", comment="符合条件")

    def post_sheet(self):
        """Hang the sheet of the village with its photo; return it."""
        with self.as_of(CLERK) as clerk, dates.frozen(self.on):
            [posting] = prepare.prepare(self.engine, VILLAGE, clerk, self.on, "村务公开栏", "07433222222")
            photo = evidence.read_photo("张贴.jpg", picture(self.on.day))
            return course.hang(self.engine, posting, photo, "村务公开栏", clerk, posting["rev"])

    def take_down(self, posting):
        """Take the sheet down on the working day behind its last one."""
        self.on = dates.add_workdays(date.fromisoformat(posting["end"]), 1)
        with self.as_of(CLERK) as clerk, dates.frozen(self.on):
            posting = course.take_down(self.sheet(posting), clerk, self.sheet(posting)["rev"], self.on)
            course.close(self.engine, posting, clerk, posting["rev"])

    def sheet(self, posting):
        return database.raw(register.COLLECTION).find_one({"_id": posting["_id"]})

    def confirm(self, username=HEAD):
        self.attach("confirm")
        return self.done(username, "confirm", comment="同意")

    def grant(self):
        self.done(CLERK, "record_service", date=self.on.isoformat(), way="direct", receiver="本人")
        self.done(CLERK, "grant")
        return database.raw(awards.COLLECTION).find_one({"_id": self.pk})


@pytest.fixture
def begin(app, people, login, browser):
    return lambda key, shape, **traits: Walk(app, browser, login, key, shape, **traits)


def labels(award):
    return {part["label"]: part["amount"] for part in award["spells"][-1]["components"]}


def test_low_income_with_an_objection_that_was_answered(begin):
    walk = begin("dibao_rural", "old_alone", values={"savings": 0, "vehicles": 0})
    walk.accept().survey().opinion()
    first = walk.post_sheet()
    assert walk.state == "publicity"
    with dates.frozen(DAY):
        assert walk.login(HEAD).get(f"/cases/{walk.key}/{walk.pk}/act/confirm").status_code == 302, "nothing is confirmed while it is posted"
        told = {"name": "向某虚构", "contact": "13800000001", "content": "女儿在外务工，收入没有申报"}
        objection, _receipt = objections.receive(walk.sheet(first), walk.pk, told)
    with walk.as_of(DEPUTY) as deputy, dates.frozen(walk.on):
        objection = objections.accept(walk.engine, objection, deputy, objection["rev"])
        assert walk.state == "objection"
    walk.take_down(first)
    assert walk.state == "objection", "the sheet is down, the household waits for its answer"
    with walk.as_of(DEPUTY) as deputy, dates.frozen(walk.on):
        objections.decide(walk.engine, objection, deputy, objection["rev"], "dismissed", "入户和信息核对：女儿已出嫁，不共同生活", "经核实，异议不成立")
    assert walk.state == "opinion"
    walk.opinion()
    second = walk.post_sheet()
    walk.take_down(second)
    assert walk.state == "confirm_ready"
    award = walk.confirm().grant()
    assert walk.state == "in_benefit" and award["spells"][0]["from"] == dates.add_months(dates.month_of(walk.on), 1)
    assert {record["kind"] for record in walk.case().records} >= {"visit", "verification", "posting", "objection", "objection_answer", "confirmation"}


@pytest.mark.slow
def test_support_of_the_destitute_with_a_care_grade(begin):
    able = dict.fromkeys(CARE, True) | {"can_walk": False, "can_bathe": False}
    cared = {"support_form": "dispersed", "institution": None, "carer_name": "吴虚构", "carer_relation": "邻居", "carer_phone": "13800000002"}
    walk = begin("tekun", "single", values=able | cared | {"savings": 0, "vehicles": 0})
    walk.accept().survey().opinion()
    assert walk.case().x_care_grade == "半护理"
    posting = walk.post_sheet()
    walk.take_down(posting)
    refused = walk.post(HEAD, "confirm", comment="同意")
    assert refused.status_code == 422 and "生活自理能力评估表" in refused.text, "a grade without its paper is not confirmed"
    award = walk.confirm().grant()
    parts = labels(award)
    assert parts["照料护理费（半护理）"] > 0 and award["spells"][-1]["amount"] == sum(parts.values())


@pytest.mark.slow
def test_a_child_is_never_posted(begin):
    walk = begin("unattended_child", "skipped_generation")
    walk.accept().survey().opinion()
    with walk.as_of(CLERK) as clerk, dates.frozen(DAY), pytest.raises(Invalid):
        prepare.prepare(walk.engine, VILLAGE, clerk, DAY, "村务公开栏", "07433222222")
    walk.done(CLERK, "submit_confirm")
    award = walk.confirm().grant()
    assert walk.state == "in_benefit" and award["spells"][-1]["amount"] > 0
    assert not database.raw(register.COLLECTION).count_documents({}) and not walk.case().last_record("posting")


def test_urgent_relief_is_paid_first_and_documented_afterwards(begin):
    walk = begin("temporary", "old_alone", urgent=True, immediate=True, values={"severity": "light", "persons": 1, "months": 1})
    walk.on = dates.add_workdays(DAY, 2)
    walk.done(CLERK, "submit").done(CLERK, "accept", relative="no").done(CLERK, "skip_survey")
    assert walk.case().files == [], "no paper was asked for before the money was handed over"
    walk.opinion().done(CLERK, "submit_confirm")
    assert walk.case().decision["confirm_by"] == "township" and walk.case().amount <= 200000
    refused = walk.post(HEAD, "confirm", comment="同意")
    assert refused.status_code == 422 and "先行救助登记表" in refused.text
    award = walk.confirm().grant()
    assert walk.state == "in_benefit" and award["cycle"] == "once" and award["spells"][0]["from"] == dates.month_of(walk.on)
    with walk.as_of(CLERK) as clerk, dates.frozen(walk.on):
        files.add(walk.case(), clerk, "identity", "身份证.pdf", PDF)
    assert {item.document for item in walk.case().files} == {"urgent_record", "identity"}
