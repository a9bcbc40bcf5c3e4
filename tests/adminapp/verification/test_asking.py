"""Who must authorise, who is asked about, and what keeps a case from going on while its verification is open."""

from datetime import date

import pytest

from adminapp import database, sealing
from adminapp.errors import Forbidden, Invalid
from adminapp.scope import acting
from adminapp.verification import people, requests
from adminapp.workflow.transition import offered
from tests.adminapp.verification.conftest import CHILD_ID, DAY, HEAD_ID, SON_ID, VISIT, act, asked, move, opened, sign
from tests.story import CLERK


def names(county, case, on=DAY):
    with acting(CLERK):
        step = move(county, case, on=on)
        return people.missing(case, step.relief_type, step.values, on)


def test_every_adult_signs_and_nobody_else(county, case):
    assert names(county, case) == ["龙䶮虚构", "吴妻虚构"]  # the child is minor, the prisoner does not count
    assert names(county, case, date(2033, 1, 1)) == ["龙䶮虚构", "吴妻虚构", "龙小虚构"]  # eighteen on that very day


def test_a_leap_day_child_comes_of_age_at_the_end_of_february(county):
    members = [{"name": "龙䶮虚构", "relation": "self", "id_number": HEAD_ID}, {"name": "龙闰虚构", "id_number": "433123200802290011"}]
    case = opened(county, members=members)
    assert names(county, case, date(2026, 2, 27)) == ["龙䶮虚构"]
    assert names(county, case, date(2026, 2, 28)) == ["龙䶮虚构", "龙闰虚构"]


def test_nothing_is_asked_before_all_have_signed(county, case):
    with pytest.raises(Invalid, match="还没有登记龙䶮虚构、吴妻虚构的核对授权"):
        act(county, case, "request_verification")
    sign(county, case, "龙䶮虚构")
    with pytest.raises(Invalid, match="还没有登记吴妻虚构的核对授权"):
        act(county, case, "request_verification")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"name": "石外虚构", "signed_on": DAY, "way": "self"}, "石外虚构不是本件的共同生活成员或义务人"),
        ({"name": "吴妻虚构", "signed_on": date(1964, 1, 1), "way": "self"}, "早于出生日期"),
        ({"name": "吴妻虚构", "signed_on": DAY}, "签署方式"),
        ({"name": "龙小虚构", "signed_on": DAY, "way": "guardian"}, "写明代签人"),
    ],
)
def test_a_wrong_signature_is_refused_in_words(county, case, row, sentence):
    with pytest.raises(Invalid, match=sentence):
        act(county, case, "record_authorisation", {"signed": [row]}, papers=["consent"])


def test_the_signed_paper_must_be_there(county, case):
    with pytest.raises(Invalid, match="请附上“签名的核对授权书”"):
        act(county, case, "record_authorisation", {"signed": [{"name": "龙䶮虚构", "signed_on": DAY, "way": "self"}]})


def test_an_obligor_is_asked_about_only_with_consent(county):
    obligors = [{"obligor_name": "龙儿虚构", "obligor_relation": "son", "obligor_id": SON_ID}]
    case = opened(county, obligors=obligors)
    sign(county, case, "龙䶮虚构", "吴妻虚构")
    act(county, case, "request_verification")
    assert [person["name"] for person in stored(case)["people"]] == ["龙䶮虚构", "吴妻虚构", "龙小虚构"]
    other = opened(county, name="石甲虚构", number="433123192412310024", members=[], obligors=obligors)
    sign(county, other, "石甲虚构", "龙儿虚构")
    act(county, other, "request_verification")
    assert [(person["name"], person["role"]) for person in stored(other)["people"]] == [("石甲虚构", "member"), ("龙儿虚构", "outsider")]


def stored(case):
    return database.raw(requests.COLLECTION).find_one({"case": case.id})


def test_a_request_is_stored_once_with_sealed_numbers_and_the_days_of_the_clock(county, case):
    asked(county, case)
    row = stored(case)
    assert row["_id"] == case.last_record("verification_request")["id"] and row["state"] == "waiting" and row["due"] == "2026-09-20"
    assert HEAD_ID not in str(row) and row["people"][0]["key"] == sealing.key_of(HEAD_ID) and requests.plain_number(row["people"][0]) == HEAD_ID
    assert CHILD_ID not in str(database.raw("events").find_one({"case": case.id, "action": "request_verification"}))
    requests.carry({"_id": case.id}, {"data": {"record": row["_id"]}})  # the outbox drained twice
    assert database.raw(requests.COLLECTION).count_documents({}) == 1
    assert case.due == date(2026, 9, 20)  # three working days, the Sunday before National Day being one


def test_the_case_waits_for_the_report(county, case):
    act(county, case, "record_visit", VISIT)
    asked(county, case)
    with acting(CLERK):
        known = offered(move(county, case))
    assert "request_verification" not in known and "exempt_verification" not in known and "form_opinion" not in known
    with pytest.raises(Forbidden):
        act(county, case, "form_opinion")


def test_an_exemption_needs_its_ground(county, case):
    with pytest.raises(Forbidden):
        act(county, case, "exempt_verification", {"ground": "urgent", "reason": "先行救助"})
    case = opened(county, name="石乙虚构", number="433123192412310024", members=[], urgent=True)
    act(county, case, "exempt_verification", {"ground": "urgent", "reason": "先行救助，事后补正"})
    act(county, case, "record_visit", VISIT)
    act(county, case, "form_opinion")
    assert case.state == "opinion" and case.last_record("verification_exemption")["data"]["ground"] == "urgent"


def test_a_township_that_verifies_itself_records_the_result(county, case, engine):
    with pytest.raises(Forbidden):
        act(county, case, "record_verification", {"date": DAY, "result": "consistent"})
