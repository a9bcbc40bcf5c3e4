"""上线准备 looks at what is there: each check turns when the thing itself is mended, and not before."""

from datetime import date, timedelta

import pytest

from adminapp import audit, backup, dates, divisions, policy, readiness
from adminapp.auth import accounts, users
from adminapp.holidays import recount, store
from adminapp.jobs import model
from adminapp.scope import Actor, system
from adminapp.standards import Standards


@pytest.fixture
def engine(app):
    return app.extensions["relief"]


def state(engine, key):
    return next(each for each in readiness.look(engine) if each.key == key)


def add(username, role, township=""):
    with system("tests"):
        return accounts.create_user(username, "甲（虚构）", [role], [township] if township else [])[0]


def test_an_empty_county_lacks_its_people_and_says_who(engine):
    found = state(engine, "county_staff")
    assert found.state == readiness.MISSING and all(policy.ROLES[role] in found.told for role in readiness.COUNTY_ROLES)
    assert not readiness.ready(readiness.look(engine))


def test_county_staff_are_complete_once_every_role_has_somebody_active(engine):
    for role in readiness.COUNTY_ROLES:
        assert state(engine, "county_staff").state == readiness.MISSING
        add(role.replace("_", "."), role)
    assert state(engine, "county_staff").state == readiness.DONE
    with system("tests"):
        accounts.set_active("finance", False)
    assert policy.ROLES[policy.FINANCE] in state(engine, "county_staff").told, "who may not log in does not count"


def test_a_township_needs_two_people_and_is_named_until_it_has_them(engine):
    first = divisions.townships()[0]
    add("clerk.a", policy.CLERK, first.code)
    told = state(engine, "township_staff").told
    assert f"{first.name}（{policy.ROLES[policy.HEAD]}）" in told and f"等 {len(divisions.townships())} 个" in told
    add("head.a", policy.HEAD, first.code)
    assert first.name not in state(engine, "township_staff").told


def test_a_demo_account_is_no_way_into_a_real_county(engine, people):
    found = state(engine, "logins")
    assert found.state == readiness.MISSING and f"{len(users.all_users())} 个演示账户" in found.told


def test_standards_are_missing_before_their_first_day_and_to_be_checked_while_they_are_made_up(engine, monkeypatch):
    def table(since, note=""):
        rows = [{"key": "dibao.rural", "label": "农村低保", "unit": "money/month", "from": since, "value": "500", "source": "县文件", "note": note}]
        monkeypatch.setattr(engine.standards_store, "table", Standards.from_rows(rows))
        return state(engine, "standards").state

    today = dates.today()
    assert table(today + timedelta(days=1)) == readiness.MISSING
    assert table(today, "演示参数") == readiness.ADVICE
    assert table(today) == readiness.DONE
    monkeypatch.setattr(engine.standards_store, "table", Standards())
    assert state(engine, "standards").state == readiness.MISSING


def test_the_calendar_is_asked_for_in_time(engine, monkeypatch):
    try:
        for day, known, expected in ((date(2040, 3, 1), 2039, "missing"), (date(2040, 3, 1), 2040, "done"), (date(2040, 11, 1), 2040, "advice")):
            store.use({"rev": 1, "days": {}, "known_until": known})
            monkeypatch.setattr(dates, "today", lambda day=day: day)
            assert readiness.CHECKS["calendar"][1](engine).state == expected
    finally:
        store.use(store.EMPTY)


def test_a_table_of_another_county_is_found(engine, monkeypatch):
    assert state(engine, "county").state == readiness.ADVICE
    monkeypatch.setattr(engine, "settings", engine.settings.replaced(county="某县"))
    assert "RELIEF_COUNTY" in state(engine, "county").told and state(engine, "county").state == readiness.MISSING


def test_cookies_without_tls_hold_everything_up(engine, monkeypatch):
    assert state(engine, "safety").state == readiness.MISSING
    monkeypatch.setattr(engine, "settings", engine.settings.replaced(insecure_cookies=False))
    assert state(engine, "safety").state == readiness.DONE


def test_a_job_that_nobody_takes_is_noticed_here_and_by_who_watches_the_program(app, engine, browser):
    asked = browser()
    assert asked.get("/ready").json == {"status": "ok", "database": "ok", "queue": "ok", "jobs": "ok"}
    actor = Actor("policy", "政策（虚构）", frozenset({policy.POLICY_ADMIN}))
    job = model.start(recount.JOB, "重算（虚构）", {}, actor)
    assert state(engine, "jobs").state == readiness.DONE and asked.get("/ready").status_code == 200
    with dates.frozen(dates.now() + model.PATIENCE + timedelta(seconds=1)):
        assert state(engine, "jobs").state == readiness.MISSING
        answer = asked.get("/ready")
    assert answer.status_code == 503 and answer.json["jobs"] == "fails"

    model.claim(job, "a worker")
    assert not model.neglected(), "it is under way"
    with dates.frozen(dates.now() + 4 * model.PATIENCE):
        assert model.neglected(), "its worker has died and no other took it"


def test_a_database_that_does_not_answer_is_said_and_nothing_else(app, browser, monkeypatch):
    def gone():
        raise ConnectionError("password=secret")

    monkeypatch.setitem(app.extensions, "relief_connect", gone)
    answer = browser().get("/ready")
    assert answer.status_code == 503 and answer.json == {"status": "fails", "database": "fails"}
    assert browser().get("/health").status_code == 200


def test_a_backup_counts_while_it_is_fresh_and_one_brought_back_does_not(engine, monkeypatch):
    with monkeypatch.context() as trying:
        trying.setattr(engine, "settings", engine.settings.replaced(mongodb_uri=""))
        assert state(engine, "backup").state == readiness.ADVICE, "whoever tries the program out has nothing to lose"
    assert state(engine, "backup").state == readiness.MISSING and "还没有做过备份" in state(engine, "backup").told
    with system("tests"):
        audit.log(backup.KIND, file="relief-x.age", restored=True)
        assert state(engine, "backup").state == readiness.MISSING
        audit.log(backup.KIND, file="relief-20260916-020000.age", documents=1, bytes=1)
    assert state(engine, "backup").state == readiness.DONE and "relief-20260916" in state(engine, "backup").told
    with dates.frozen(dates.today() + timedelta(days=readiness.BACKUP_DAYS + 1)):
        assert state(engine, "backup").state == readiness.MISSING and "3 天前" in state(engine, "backup").told
