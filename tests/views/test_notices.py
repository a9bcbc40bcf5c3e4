"""Notices on screen: issued from the case, fetched as a file, printed in bulk, checked by anybody."""

from datetime import date

import pytest

from adminapp import dates, policy
from adminapp.jobs import model, queue
from adminapp.scope import Actor, acting
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, perform
from exports import case_notices
from tests.exports.notices import faces as ready
from tests.story import DECLARATION
from views import notices as screens

DAY = date(2026, 9, 16)
HERE, THERE = "433123109", "433123101"
CLERKS = {
    code: Actor("clerk", "经办（虚构）", frozenset({"township_clerk"}), frozenset({code})) for code in (HERE, THERE)
}
PLACES = {HERE: "433123109001", THERE: "433123101001"}


@pytest.fixture
def app(app):
    ready.lend(app.extensions["relief"].settings.home)
    case_notices.register()
    return app


@pytest.fixture
def accepted(app):
    """Return a function that stores an accepted case of the small type."""
    engine = app.extensions["relief"]
    engine.registry.publish(DECLARATION, "tests", engine.standards.types())

    def make(township=HERE, name="龙䶮虚构", submit_only=False):
        actor, published = CLERKS[township], engine.registry.get("demo")
        values = {
            "applicant_name": name,
            "applicant_id": "433123195603074216",
            "income": 900000,
            "members": [{"name": name, "relation": "self"}],
        }
        with acting(actor), dates.frozen(DAY):
            case = open_case(published, actor, PLACES[township], values, engine.standards)
            steps = [("submit", {})] if submit_only else [("submit", {}), ("accept", {"relative": False})]
            for action, data in steps:
                perform(Move(case, published, actor, engine.standards, data, DAY), action)
        return case

    return make


def issue(browser, case, kind="acceptance", **data):
    return browser.post(f"/cases/demo/{case.id}/notices/{kind}", data)


def test_a_clerk_issues_a_notice_and_gets_the_file(login, accepted):
    clerk = login("clerk.tuojiang")
    answer = issue(clerk, accepted())
    assert answer.status_code == 303
    paper = clerk.get(answer.location)
    assert paper.status_code == 200 and paper.data.startswith(b"%PDF")
    assert paper.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (
        paper.headers["Content-Disposition"].startswith("attachment;")
        and "%E5%8F%97%E7%90%86" in paper.headers["Content-Disposition"]
    )
    assert clerk.get(answer.location).data == paper.data


def test_the_case_page_offers_the_notice_and_then_the_paper(login, accepted):
    clerk, case = login("clerk.tuojiang"), accepted()
    page = clerk.get(f"/cases/demo/{case.id}").text
    assert f"/cases/demo/{case.id}/notices/acceptance" in page
    paper = issue(clerk, case).location
    assert paper in clerk.get(f"/cases/demo/{case.id}").text
    assert "/notices/acceptance" not in login("auditor").get(f"/cases/demo/{case.id}").text


def test_issuing_again_leads_to_the_same_paper(login, accepted):
    clerk, case = login("clerk.tuojiang"), accepted()
    assert issue(clerk, case).location == issue(clerk, case).location


def test_a_step_not_yet_taken_is_refused_in_words(login, accepted):
    answer = issue(login("clerk.tuojiang"), accepted(submit_only=True))
    assert answer.status_code == 400 and "还没有办到" in answer.text
    assert issue(login("clerk.tuojiang"), accepted(), "nonsense").status_code == 400


@pytest.mark.parametrize("username", ["auditor", "finance", "sysadmin", "assistant.tuojiang"])
def test_who_does_not_handle_cases_does_not_issue(login, accepted, username):
    assert issue(login(username), accepted()).status_code == 403


def test_another_township_finds_nothing(login, accepted, browser):
    case = accepted(THERE)
    mine = login("clerk.tuojiang")
    assert issue(mine, case).status_code == 404
    theirs = login("clerk.liaojiaqiao", browser())
    paper = issue(theirs, case).location
    assert mine.get(paper).status_code == 404 and mine.get("/notices/000000000000000000000000.pdf").status_code == 404


def test_the_screen_counts_before_it_starts(login, accepted):
    clerk = login("clerk.tuojiang")
    accepted(), accepted(), accepted(THERE), accepted(submit_only=True)
    page = clerk.get("/notices/bulk?kind=acceptance&type=demo")
    assert page.status_code == 200 and "共 2 件" in page.text
    assert "共 0 件" in clerk.get("/notices/bulk?kind=acceptance&type=demo&on.from=2026-09-17").text
    assert "共 2 件" in clerk.get("/notices/bulk?kind=acceptance&on.from=2026-09-16&on.to=2026-09-16").text


def test_a_print_job_starts_and_its_file_can_be_fetched(login, accepted, app):
    from adminapp.jobs.runner import run_job

    clerk = login("clerk.tuojiang")
    accepted(), accepted()
    assert clerk.post("/notices/bulk", {"kind": "acceptance", "type": "demo", "count": "2"}).status_code == 303
    [job] = model._jobs().find()
    assert len(job["args"]["cases"]) == 2
    run_job(app.extensions["relief"], job["_id"])
    state = clerk.get(f"/notices/jobs/{job['_id']}").json
    assert (state["state"], state["done"], state["finished"]) == ("DONE", 2, True)
    assert clerk.get(state["result_url"], buffered=True).data.startswith(b"%PDF")
    assert "受理通知书.pdf" in clerk.get("/notices/bulk").text


def test_nobody_ticked_prints_nobody(login, accepted):
    clerk = login("clerk.tuojiang")
    accepted()
    clerk.post("/notices/bulk", {"kind": "acceptance", "picked": "1"})
    clerk.post("/notices/bulk", {"kind": "acceptance", "ids": "$ne"})
    assert model._jobs().count_documents({}) == 0
    assert "没有选中" in clerk.get("/notices/bulk").text


def test_only_the_ticked_and_reachable_are_printed(login, accepted):
    clerk, mine, theirs = login("clerk.tuojiang"), accepted(), accepted(THERE)
    accepted()
    clerk.post("/notices/bulk", {"kind": "acceptance", "ids": [str(mine.id), str(theirs.id)]})
    [job] = model._jobs().find()
    assert job["args"]["cases"] == [str(mine.id)]


def test_a_count_that_changed_is_shown_again(login, accepted):
    clerk = login("clerk.tuojiang")
    accepted()
    clerk.post("/notices/bulk", {"kind": "acceptance", "count": "7"})
    assert model._jobs().count_documents({}) == 0


def test_jobs_of_others_look_absent(login, accepted, browser):
    clerk = login("clerk.tuojiang")
    accepted()
    clerk.post("/notices/bulk", {"kind": "acceptance", "count": "1"})
    [job] = model._jobs().find()
    other = login("clerk.liaojiaqiao", browser())
    assert other.get(f"/notices/jobs/{job['_id']}").status_code == 404
    assert other.post(f"/notices/jobs/{job['_id']}/cancel").status_code == 404
    assert clerk.post(f"/notices/jobs/{job['_id']}/cancel").status_code == 303
    assert model.get(job["_id"])["state"] == "CANCELLED"


def test_anybody_may_check_a_paper_and_learns_only_the_surname(login, accepted, browser):
    clerk, case = login("clerk.tuojiang"), accepted()
    issue(clerk, case)
    record = model.database.raw("notices").find_one()
    public = browser().get(f"/check/{record['token']}")
    assert public.status_code == 200 and "真实有效" in public.text and record["number"] in public.text
    assert "龙*" in public.text and "龙䶮" not in public.text and case.number not in public.text
    assert public.headers["X-Robots-Tag"] == "noindex, nofollow" and 'name="robots"' in public.text
    unknown = browser().get("/check/AAAAAAAAAAAA")
    assert unknown.status_code == 200 and "未找到" in unknown.text


def test_guessing_is_slowed_down(app, browser):
    public = browser()
    answers = [public.get(f"/check/guess{number}").status_code for number in range(screens.CHECKS_A_MINUTE + 2)]
    assert answers[0] == 200 and answers[-1] == 429


def test_every_address_stands_in_the_policy_table(app):
    mine = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("notices.")}
    assert mine == {endpoint for endpoint in policy.POLICY if endpoint.startswith("notices.")}


@pytest.fixture(autouse=True)
def no_queue():
    yield
    queue.use(None)
    case_notices.close_presses()
