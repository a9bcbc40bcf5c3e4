"""Notices of a seeded county on paper: every kind of every type, one at a time and as a job that survives a kill."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from adminapp import database as connection
from adminapp import indexes
from adminapp.engine import Engine
from adminapp.jobs import artefacts, model, queue, start
from adminapp.notices.due import ONLY, RECORDS, due_of
from adminapp.notices.kinds import KINDS
from adminapp.scope import ALL, Actor, acting
from exports import case_notices, fonts
from exports.case_notices import FontsNotReady, NoticePress, PressBusy, print_notice
from exports.notices.pool import RenderPool
from schemas import notice as notices
from schemas.case import AnyCase, CaseBase
from seed.county import build
from tests.conftest import empty
from tests.exports.notices import faces as ready

ROOT = Path(__file__).parents[2]
REVIEWER = Actor("reviewer", "复核（虚构）", frozenset({"county_reviewer"}), ALL)
SCALE = 0.002


@pytest.fixture(scope="module")
def county(_connected, settings):
    """Return the engine of a small county with every type in every state."""
    db = connection.connect(settings)
    empty(db)
    indexes.upgrade(db)
    engine = Engine(settings, CaseBase).connect()
    build(engine, SCALE)
    ready.faces()
    link = settings.home / "fonts"
    if not link.exists():
        link.symlink_to(ready.HOME / "fonts")
    return engine


@pytest.fixture
def clean(county, _connected, settings):
    db = connection.connect(settings)
    db.notices.delete_many({})
    db.jobs.delete_many({})
    case_notices.register()
    with acting(REVIEWER):
        yield county, db
    queue.use(None)


def cases_with(db, kind, **query):
    record = next(name for name, found in RECORDS.items() if found == kind)
    said = {f"data.{key}": value for key, value in ONLY.get(record, {}).items()}
    wanted = {"records": {"$elemMatch": {"kind": record, **said}}, **query}
    return [row["_id"] for row in db.cases.find(wanted, {"_id": 1}, sort=[("number", 1)])]


def issue(engine, case_id, kind):
    case = AnyCase.objects(pk=case_id).first()
    published = engine.registry.of(case)
    case = published.model.objects(pk=case_id).first()
    return notices.issue(
        case, published, due_of(case, kind), REVIEWER, "https://jz.example/check/", standards=engine.standards
    )


def text_of(pdf, folder):
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_every_kind_of_every_type_prints(clean, tmp_path):
    engine, db = clean
    records = []
    for key in sorted(engine.registry.latest()):
        for kind in sorted(set(RECORDS.values())):
            found = cases_with(db, kind, type=key)
            if found:
                records.append(issue(engine, found[0], kind))
    assert len({(record["type"], record["kind"]) for record in records}) >= 55
    with RenderPool(ready.HOME, 1) as pool:
        rendered = pool.render([case_notices.content_of(record) for record in records])
    assert rendered.failures == {}
    pages = PdfReader(io.BytesIO(rendered.pdf)).pages
    for record, (first, count) in zip(records, rendered.pages, strict=True):
        text = "".join("".join(page.extract_text().split()) for page in pages[first : first + count])
        assert record["number"] in text and record["office"] in text
        assert ("复议" in text) == KINDS[record["kind"]].decides, record["title"]
        assert "{{" not in text and "None" not in text


def test_paper_printed_twice_is_the_same(clean):
    engine, db = clean
    record = issue(engine, cases_with(db, "acceptance")[0], "acceptance")
    press = NoticePress(ready.HOME)
    try:
        first = press(record)
    finally:
        press.close()
    assert print_notice(notices.get(record["_id"]), ready.HOME) == first
    case_notices.close_presses()


def test_without_faces_the_clerk_is_told_so_and_they_are_made(clean, tmp_path, monkeypatch):
    engine, db = clean
    asked = []
    monkeypatch.setattr(fonts, "prepare_aside", asked.append)
    record = issue(engine, cases_with(db, "acceptance")[0], "acceptance")
    with pytest.raises(FontsNotReady, match="relief fonts prepare"):
        NoticePress(tmp_path)(record)
    assert asked == [tmp_path]


def test_those_who_wait_too_long_are_told_so(clean, monkeypatch):
    engine, db = clean
    monkeypatch.setattr(case_notices, "WAIT_SECONDS", 0.05)
    record = issue(engine, cases_with(db, "acceptance")[0], "acceptance")
    press = NoticePress(ready.HOME)
    press._turn.acquire()
    with pytest.raises(PressBusy):
        press(record)


def run(engine, db, ids, kind="acceptance", form="pdf"):
    from adminapp.jobs.runner import run_job

    args = {"kind": kind, "cases": [str(each) for each in ids], "form": form, "check_root": ""}
    job_id = start(case_notices.JOB, "批量打印", args, REVIEWER)
    run_job(engine, job_id)
    return model.get(job_id)


def file_of(engine, job, number=0):
    return artefacts.path_of(engine.settings, job, number)[0].read_bytes()


def test_a_job_prints_all_in_order_with_bookmarks(clean, tmp_path):
    engine, db = clean
    ids = cases_with(db, "refusal")
    job = run(engine, db, ids, "refusal")
    assert (job["state"], job["result"]["printed"]) == ("DONE", len(ids))
    outline = [item.title for item in PdfReader(io.BytesIO(file_of(engine, job))).outline]
    issued = {row["case"]: f"{row['number']} {row['name']}" for row in db.notices.find()}
    assert outline == [issued[each] for each in ids]


def test_a_zip_has_one_file_each(clean):
    engine, db = clean
    ids = cases_with(db, "non_acceptance")[:3]
    job = run(engine, db, ids, "non_acceptance", "zip")
    archive = zipfile.ZipFile(io.BytesIO(file_of(engine, job)))
    assert len(archive.namelist()) == 3 and all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())


def test_a_bad_case_is_named_and_the_others_are_printed(clean):
    engine, db = clean
    good, other = cases_with(db, "acceptance")[:2]
    early = db.cases.find_one({"state": "submitted"})["_id"]
    broken = db.cases.find_one({"_id": other})
    db.cases.update_one({"_id": other}, {"$set": {"name": "龙\U0010fffd虚构"}})  # no face draws it
    try:
        job = run(engine, db, [good, early, other])
    finally:
        db.cases.update_one({"_id": other}, {"$set": {"name": broken["name"]}})
    assert job["state"] == "DONE" and job["result"]["printed"] == 1 and job["failed"] == 2
    assert "还没有办到" in job["problems"][0]["text"] and "字库没有的字" in job["problems"][1]["text"]


def test_an_empty_selection_prints_nobody(clean):
    engine, db = clean
    job = run(engine, db, [])
    assert job["state"] == "FAILED" and db.notices.count_documents({}) == 0


def test_a_case_out_of_reach_is_not_printed(clean):
    engine, db = clean
    [mine] = db.cases.distinct("township", {"township": "433123109"})
    foreign = db.cases.find_one({"township": {"$ne": mine}, "records.kind": "acceptance"})["_id"]
    clerk = Actor("clerk", "经办（虚构）", frozenset({"township_clerk"}), frozenset({mine}))
    job_id = start(case_notices.JOB, "越权", {"kind": "acceptance", "cases": [str(foreign)]}, clerk)
    from adminapp.jobs.runner import run_job

    run_job(engine, job_id)
    job = model.get(job_id)
    assert job["state"] == "FAILED" and "管辖范围" in job["problems"][0]["text"] and db.notices.count_documents({}) == 0


PROGRAM = """
import sys
from datetime import timedelta
from pathlib import Path
from adminapp.config import read_settings
from adminapp.engine import Engine
from adminapp.jobs import consumer, model
from adminapp.outputs import outputs
from exports import case_notices
from schemas.case import CaseBase

uri, name, home = sys.argv[1:]
model.LEASE = timedelta(seconds=1)
consumer.SWEEP_SECONDS = 0.3
case_notices.BATCH = 5
case_notices.register()
settings = read_settings({}, mongodb_uri=uri, database=name, home=Path(home))
consumer.run(Engine(settings, CaseBase).connect(check_indexes=False))
"""


def consume(settings):
    command = [sys.executable, "-c", PROGRAM, settings.mongodb_uri, settings.database, str(settings.home)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."})


def wait_for(check, seconds=60):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def test_a_killed_job_goes_on_and_repeats_no_number(clean, settings):
    engine, db = clean
    ids = cases_with(db, "acceptance")[:60]
    queue.use(settings)
    args = {"kind": "acceptance", "cases": [str(each) for each in ids], "form": "pdf", "check_root": ""}
    job_id = start(case_notices.JOB, "批量打印", args, REVIEWER)
    first = consume(settings)
    wait_for(lambda: model.get(job_id)["done"] >= 10)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert model.get(job_id)["state"] == "RUNNING"
    second = consume(settings)
    try:
        wait_for(lambda: model.get(job_id)["state"] not in ("RUNNING", "QUEUED"))
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(20)
    job = model.get(job_id)
    assert (job["state"], job["failed"], job["result"]["printed"]) == ("DONE", 0, len(ids))
    numbers = [row["number"] for row in db.notices.find()]
    assert len(numbers) == len(set(numbers)) == len(ids)
    for series in db.notices.distinct("series"):
        assert sorted(row["serial"] for row in db.notices.find({"series": series})) == list(
            range(1, db.notices.count_documents({"series": series}) + 1)
        )
    outline = [item.title for item in PdfReader(io.BytesIO(file_of(engine, job))).outline]
    assert len(outline) == len(set(outline)) == len(ids)
    assert db.events.count_documents({"action": "notice", "case": {"$in": ids}}) >= len(ids)
