"""The register of relatives on the screen, and what a related officer meets on every address of a case."""

import pytest

from adminapp import database, dates
from adminapp.identity import make_id
from adminapp.jobs import model, runner
from adminapp.related import filing
from adminapp.scope import Actor, acting
from tests.conftest import HERE, THERE
from tests.views.conftest import DAY, ID_NUMBER

VILLAGE, REVIEWER = f"{HERE}001", Actor("reviewer", "县级虚构", frozenset({"county_reviewer"}), None)
OFFICIAL = make_id("433123", dates.date(1980, 1, 1), 11)
FORM = {
    "year": "2026", "kind": "officer", "name": "田虚构", "id_number": OFFICIAL, "phone": "13800000000", "unit": "沱江镇人民政府", "post": "民政助理员",
    "township": HERE, "village": "", "account": "clerk.tuojiang", "relatives-0-relation": "parent", "relatives-0-name": "龙䶮虚构",
    "relatives-0-id_number": ID_NUMBER, "relatives-0-address": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(today):
    """All of it happens on the day of the cases."""


def filed(browser, **changes):
    answer = browser.post("/related/new", FORM | changes)
    assert answer.status_code == 303, answer.text
    return answer.location


def file_by_engine(account="clerk.tuojiang", **more):
    values = {
        "kind": "officer", "name": "田虚构", "id_number": OFFICIAL, "phone": "", "unit": "沱江镇人民政府", "post": "民政助理员", "account": account,
        "township": HERE, "village": "", "relatives": [{"relation": "parent", "name": "龙䶮虚构", "id_number": ID_NUMBER}],
    }  # fmt: skip
    with acting(REVIEWER):
        return filing.file(values | more, 2026, REVIEWER)


def test_saves_what_was_typed_and_shows_numbers_only_masked(login):
    browser = login("deputy.tuojiang")
    page = browser.get(filed(browser)).text
    assert "田虚构" in page and "龙䶮虚构" in page and "父母" in page
    assert OFFICIAL not in page and ID_NUMBER not in page and f"{ID_NUMBER[:6]}********{ID_NUMBER[-4:]}" in page


def test_finds_the_cases_of_the_relatives_at_once(login, cases, app):
    case = cases.open(VILLAGE)
    browser = login("deputy.tuojiang")
    address = filed(browser)
    assert runner.run_job(app.extensions["relief"], model.waiting()[0]) == model.DONE
    assert case.number in browser.get(address).text
    page = browser.get(f"/cases/demo/{case.id}").text
    assert "近亲属备案" in page and "田虚构" in page


def test_a_stored_number_stays_when_its_input_is_left_blank(login):
    browser = login("deputy.tuojiang")
    row = file_by_engine()
    page = browser.get(f"/related/{row['_id']}/edit").text
    assert ID_NUMBER not in page and OFFICIAL not in page
    form = FORM | {"rev": "1", "id_number": "", "post": "副主任", "relatives-0-row": row["relatives"][0]["row"], "relatives-0-id_number": ""}
    assert browser.post(f"/related/{row['_id']}/edit", form).status_code == 303
    now = database.raw("kin_filings").find_one()
    assert now["post"] == "副主任" and now["keys"] == row["keys"] and not now["relatives"][0].get("until")


def test_bad_input_keeps_what_was_typed_and_says_where(login):
    browser = login("deputy.tuojiang")
    answer = browser.post("/related/new", FORM | {"relatives-0-id_number": ID_NUMBER[:-1] + "1", "unit": ""})
    assert answer.status_code == 422
    assert "校验码不对" in answer.text and 'value="龙䶮虚构"' in answer.text


def test_a_second_filing_of_the_year_is_refused_in_words(login):
    browser = login("deputy.tuojiang")
    filed(browser)
    answer = browser.post("/related/new", FORM)
    assert answer.status_code == 422 and "2026 年已有备案" in answer.text


def test_a_row_can_be_added_without_script(login):
    answer = login("deputy.tuojiang").post("/related/new", FORM | {"_add_row": "relatives"})
    assert answer.status_code in (200, 422) and "relatives-1-name" in answer.text
    assert database.raw("kin_filings").count_documents({}) == 0


def test_lists_who_has_not_filed_and_leads_to_the_form(login):
    browser = login("deputy.tuojiang")
    page = browser.get("/related/").text
    assert "还没有备案的账户" in page and "account=clerk.tuojiang" in page and "clerk.liaojiaqiao" not in page
    assert 'value="clerk.tuojiang"' in browser.get("/related/new?account=clerk.tuojiang").text
    assert "clerk.liaojiaqiao" not in browser.get("/related/new?account=clerk.liaojiaqiao").text
    filed(browser)
    assert "account=clerk.tuojiang" not in browser.get("/related/").text


@pytest.mark.parametrize("query", ["?q=田虚", "?q=txg", "?year=2026&kind=officer", f"?township={HERE}"])
def test_the_list_is_searched(login, query):
    file_by_engine()
    assert "田虚构" in login("reviewer").get(f"/related/{query}").text


@pytest.mark.parametrize("query", ["?q=龙", "?year=2025", "?kind=committee", f"?township={THERE}", "?q=.*", "?q=$ne", "?year=x"])
def test_the_list_shows_only_what_was_asked_for(login, query):
    file_by_engine()
    answer = login("reviewer").get(f"/related/{query}")
    assert answer.status_code == 200
    assert ("沱江镇人民政府" in answer.text) == (query == "?year=x")


def test_leaving_office_is_recorded_by_somebody_else(login, browser):
    row = file_by_engine()
    form = {"on": DAY.isoformat(), "reason": "调离", "rev": "1"}
    own = login("clerk.tuojiang", browser())
    own.post(f"/related/{row['_id']}/end", form)
    assert database.raw("kin_filings").find_one()["ended_on"] is None
    other = login("deputy.tuojiang", browser())
    assert "登记离任" in other.get(f"/related/{row['_id']}").text
    other.post(f"/related/{row['_id']}/end", form)
    assert database.raw("kin_filings").find_one()["ended_on"] == DAY.isoformat()


def test_every_filing_is_noted_in_the_log_without_names(login):
    filed(login("deputy.tuojiang"))
    entry = database.raw("audit").find_one({"kind": "related"})
    assert entry and "田" not in str(entry) and OFFICIAL not in str(entry)


# What a related officer meets


@pytest.fixture
def related(cases, login):
    case = cases.open(VILLAGE)
    file_by_engine()
    return case, login("clerk.tuojiang")


def test_the_page_says_why_and_offers_nothing(related):
    case, browser = related
    page = browser.get(f"/cases/demo/{case.id}").text
    assert "应当回避" in page and "您备案的近亲属龙䶮虚构" in page
    for closed in ("act/submit", "edit", "print", "reveal", "files/", "notices/"):
        assert f"/cases/demo/{case.id}/{closed}" not in page, closed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "act/submit"), ("post", "act/submit"), ("get", "edit"), ("post", "edit"), ("get", "print"), ("get", "reveal/applicant_id"),
        ("post", "reveal/applicant_id"), ("post", "files/other"), ("get", "files/6560f0f0f0f0f0f0f0f0f0f0"), ("post", "files/x/remove"),
    ],
)  # fmt: skip
def test_every_other_address_of_the_case_is_closed_with_the_sentence(related, method, path):
    case, browser = related
    answer = getattr(browser, method)(f"/cases/demo/{case.id}/{path}")
    assert answer.status_code == 403 and "应当回避" in answer.text
    stored = database.raw("cases").find_one({"_id": case.id})
    assert stored["state"] == "draft" and stored["rev"] == case.rev


def test_no_notice_is_issued_or_printed(cases, login, browser):
    case = cases.open(VILLAGE)
    cases.move(case, "submit")
    cases.move(case, "accept", relative=False)
    deputy = login("deputy.tuojiang", browser())
    address = deputy.post(f"/cases/demo/{case.id}/notices/acceptance").location
    file_by_engine()
    related = login("clerk.tuojiang", browser())
    assert related.post(f"/cases/demo/{case.id}/notices/acceptance").status_code == 403
    assert related.get(address).status_code == 403


def test_a_colleague_goes_on_with_the_case(related, login, browser):
    case, _own = related
    other = login("deputy.tuojiang", browser())
    assert other.get(f"/cases/demo/{case.id}/print").status_code == 200


def test_a_name_without_number_is_shown_as_a_hint(cases, login):
    case = cases.open(VILLAGE)
    file_by_engine(relatives=[{"relation": "parent", "name": "龙䶮虚构", "id_number": ""}])
    page = login("clerk.tuojiang").get(f"/cases/demo/{case.id}").text
    assert "同名" in page and "应当回避" not in page
