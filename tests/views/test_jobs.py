"""The screens of jobs: one's own work, its progress, its files."""

import pytest

from adminapp import database
from adminapp.jobs import model, registry, runner
from adminapp.scope import Actor
from tests.reads import reads_of

CLERK = "clerk.tuojiang"


def write_file(job, args):
    path = job.folder / "list.txt"
    path.write_text("名册")
    job.attach(path, "9月/名册.txt")
    job.problem("第 3 份", "姓名中有 <字体> 缺少的字")
    job.progress(2, 2)


@pytest.fixture
def kind(monkeypatch):
    monkeypatch.setitem(registry.KINDS, "demo", registry.Kind(write_file, frozenset({"county_reviewer"})))
    return "demo"


@pytest.fixture
def job_id(app, people, kind):
    owner = Actor(CLERK, "民政助理员", frozenset({"township_clerk"}), frozenset({people[CLERK].township}))
    return model.start(kind, "打印两份", {}, owner)


@pytest.fixture
def done(app, job_id):
    runner.run_job(app.extensions["relief"], job_id)
    return job_id


def test_owner_sees_progress_file_and_problems(login, done):
    clerk = login(CLERK)
    assert "打印两份" in clerk.get("/jobs/").text
    page = clerk.get(f"/jobs/{done}").text
    assert "9月/名册.txt" in page and "&lt;字体&gt;" in page
    file = clerk.get(f"/jobs/{done}/files/0")
    assert file.get_data(as_text=True) == "名册" and "attachment" in file.headers["Content-Disposition"]
    file.close()
    assert clerk.get(f"/jobs/{done}/files/1").status_code == 404


def test_a_page_reads_behind_what_the_request_read_before(login, done, app_settings):
    clerk = login(CLERK)
    with reads_of("jobs", app_settings) as reads:
        assert "打印两份" in clerk.get("/jobs/").text
    assert reads and None not in reads


def test_page_that_waits_asks_for_the_state(login, job_id, app):
    clerk = login(CLERK)
    answer = clerk.get(f"/jobs/{job_id}/status").json
    assert (answer["state_label"], answer["finished"]) == ("排队中", False)
    assert f'data-job="/jobs/{job_id}/status"' in clerk.get(f"/jobs/{job_id}").text
    runner.run_job(app.extensions["relief"], job_id)
    answer = clerk.get(f"/jobs/{job_id}/status").json
    assert (answer["state_label"], answer["finished"], answer["failed"]) == ("已完成", True, 1)


def test_others_meet_nothing_there(login, browser, people, done):
    stranger = next(name for name, account in people.items() if account.role == "township_clerk" and name != CLERK)
    for username in (stranger, "finance"):
        other = login(username, browser())
        assert "打印两份" not in other.get("/jobs/").text
        for path in ("", "/status", "/files/0"):
            assert other.get(f"/jobs/{done}{path}").status_code == 404
        assert other.post(f"/jobs/{done}/cancel").status_code == 404


def test_reader_of_the_kind_fetches_the_file_but_cancels_nothing(login, done):
    reviewer = login("reviewer")
    file = reviewer.get(f"/jobs/{done}/files/0")
    assert file.status_code == 200
    file.close()
    assert reviewer.post(f"/jobs/{done}/cancel").status_code == 404


def test_owner_cancels(login, job_id):
    clerk = login(CLERK)
    assert clerk.post(f"/jobs/{job_id}/cancel").status_code == 303
    assert "已取消" in clerk.get(f"/jobs/{job_id}").text


def test_owner_who_moved_to_another_township_has_no_file(login, done):
    clerk = login(CLERK)
    moved = database.raw("users").update_one({"_id": CLERK}, {"$set": {"townships": ["433123101"]}})
    assert moved.modified_count == 1
    assert clerk.get(f"/jobs/{done}/files/0").status_code == 404


def test_file_that_was_touched_is_not_handed_out(login, done, app):
    job = model.get(done)
    path = app.extensions["relief"].settings.home / "artefacts" / done / job["artefacts"][0]["file"]
    path.write_text("改过")
    assert login(CLERK).get(f"/jobs/{done}/files/0").status_code == 500


def test_unknown_job_is_absent(login, people):
    clerk = login(CLERK)
    for job_id in ("x", "0" * 24, "..%2f..", "a" * 300):
        assert clerk.get(f"/jobs/{job_id}").status_code == 404


JOBS_WITH_A_PAGE = {
    "simulation": ({"simulation": "ab"}, "/simulations/ab"), "related_scan": ({}, "/related/"), "calendar": ({"rev": 2}, "/config/calendar/"),
    "month_report": ({"month": "2026-10"}, "/reports/2026-10"),
    "import_check": ({"batch": "cd"}, "/imports/cd"), "spot_draw": ({"round": "2026-1"}, "/supervision/rounds/2026-1"),
}  # fmt: skip


@pytest.mark.parametrize("kind", JOBS_WITH_A_PAGE)
def test_finished_job_leads_to_the_page_of_what_it_made(app, login, people, kind, monkeypatch):
    args, address = JOBS_WITH_A_PAGE[kind]
    monkeypatch.setitem(registry.KINDS, kind, registry.Kind(lambda job, args: None, frozenset()))
    owner = Actor(CLERK, "民政助理员", frozenset({"township_clerk"}), frozenset({people[CLERK].township}))
    job_id = model.start(kind, "任务", args, owner)
    clerk = login(CLERK)
    assert clerk.get(f"/jobs/{job_id}/status").json["result_url"] is None
    runner.run_job(app.extensions["relief"], job_id)
    assert f'href="{address}"' in clerk.get(f"/jobs/{job_id}").text
