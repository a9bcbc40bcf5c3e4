"""Files of a seeded county: every part in its place, every paper as it is, as it stood on any day, same bytes, resumable."""

import io
import zipfile
from datetime import timedelta

import pytest
from pypdf import PdfReader

from adminapp import archive, dates, decisions, files, indexes
from adminapp import database as connection
from adminapp.archive import catalogue
from adminapp.archive.dossier import dossier
from adminapp.engine import Engine
from adminapp.errors import Invalid, NotFound
from adminapp.jobs import artefacts, model, queue, runner, start
from adminapp.scope import ALL, Actor, acting
from adminapp.workflow.machine import STATES
from adminapp.workflow.transition import Move, edit
from exports import archives
from schemas import notice as notices
from schemas.case import CaseBase
from seed.county import build
from tests.conftest import HERE, THERE, empty
from tests.exports.notices import faces as ready

REVIEWER = Actor("reviewer", "复核（虚构）", frozenset({"county_reviewer"}), ALL)
CLERK = Actor("clerk.tuojiang", "经办（虚构）", frozenset({"township_clerk"}), frozenset({HERE}))


@pytest.fixture(scope="module")
def county(_connected, settings):
    db = connection.connect(settings)
    empty(db)
    indexes.upgrade(db)
    engine = Engine(settings, CaseBase).connect()
    build(engine, 0.002)
    ready.faces()
    link = settings.home / "fonts"
    if not link.exists():
        link.symlink_to(ready.HOME / "fonts")
    return engine


@pytest.fixture
def clean(county, _connected, settings):
    db = connection.connect(settings)
    db.jobs.delete_many({})
    db.dossiers.delete_many({})
    archives.register()
    with acting(REVIEWER):
        yield county, db
    queue.use(None)


def on_roll(db, **query):
    return db.cases.find_one({"state": "in_benefit", "type": "dibao_rural", "records.3": {"$exists": True}, **query})


def text_of(bound):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(bound.pdf)).pages)


def test_contents_lead_to_the_pages_they_name(clean):
    engine, db = clean
    _standing, found, bound = archives.bind_one(engine, REVIEWER, on_roll(db)["_id"])
    pages = PdfReader(io.BytesIO(bound.pdf)).pages
    assert len(pages) == bound.pages == bound.contents[-1]["first"] + bound.contents[-1]["pages"] - 1
    for part in bound.contents:
        assert part["title"] in pages[part["first"] - 1].extract_text()
    front = pages[1].extract_text().replace("\n", "")
    assert all(part["digest"][:20] in front and part["title"] in front for part in bound.contents)
    assert [part["key"] for part in bound.contents] == [part.key for part in archive.plan().parts if part.key in {item["key"] for item in bound.contents}]
    assert f"第 {bound.pages} 页 共 {bound.pages} 页" in pages[-1].extract_text()


def test_same_case_same_bytes(clean):
    engine, db = clean
    case = on_roll(db)["_id"]
    _s, first, one = archives.bind_one(engine, REVIEWER, case)
    _s, second, other = archives.bind_one(engine, REVIEWER, case)
    assert one.pdf == other.pdf and first.digest == second.digest
    assert db.dossiers.count_documents({"case": case}) == 1


def test_every_record_file_and_notice_has_its_place(clean):
    engine, db = clean
    rows = list(db.cases.find({"state": {"$nin": ["draft"]}}).limit(60))
    assert any(row.get("files") for row in rows) and any(row.get("records") for row in rows)
    for row in rows:
        standing = archive.stood(row, engine.registry)
        found = dossier(standing, notices.of_case(row["_id"]), archive.plan(), engine.standards, REVIEWER)
        assert sum(len(part.papers) for part in found.parts) == len(row.get("files", ())) + len(notices.of_case(row["_id"]))
        blocks = sum(len(part.blocks) for part in found.parts)
        assert blocks >= len(row.get("records", ()))


def test_numbers_and_accounts_stay_masked(clean):
    engine, db = clean
    row = on_roll(db)
    standing, _found, bound = archives.bind_one(engine, REVIEWER, row["_id"])
    number = standing.case.x_applicant_id if isinstance(standing.case.x_applicant_id, str) else str(standing.case.x_applicant_id)
    assert number not in text_of(bound).replace("\n", "")


def test_papers_go_in_as_they_are_and_what_cannot_be_printed_is_attached(clean):
    engine, db = clean
    row = on_roll(db)
    case = engine.registry.get(row["type"], row["schema_version"]).model._from_son(row)
    files.add(case, REVIEWER, "identity", "台账.csv", "甲,乙\n1,2\n".encode(), "证件")
    files.add(case, REVIEWER, "identity", "坏.pdf", b"%PDF-1.7\nbroken", "证件")
    _standing, _found, bound = archives.bind_one(engine, REVIEWER, row["_id"])
    attached = PdfReader(io.BytesIO(bound.pdf)).attachments
    assert {name.split("_", 1)[1] for name in attached} >= {"台账.csv", "坏.pdf"}
    assert any(data[0] == "甲,乙\n1,2\n".encode() for data in attached.values())
    assert "PDF 不能打开" in text_of(bound)


def test_the_file_of_a_past_day_shows_what_was_decided_then(clean):
    engine, db = clean
    seen = 0
    for row in db.cases.find({"decision.amount": {"$gt": 0}}).limit(40):
        for decision in decisions.of_case(row["_id"]).values():
            standing = archive.stood(row, engine.registry, dates.day_of(decision["at"]))
            same_day = [other for other in decisions.of_case(row["_id"]).values() if dates.day_of(other["at"]) == dates.day_of(decision["at"])]
            assert standing.decision["amount"] == same_day[-1]["decision"]["amount"] and standing.known
            assert all(record["at"] <= standing.moment for record in standing.case.records)
            seen += 1
    assert seen > 10


def test_an_edit_leaves_the_file_of_the_day_before_as_it_was(clean):
    engine, db = clean
    editable = [key for key, state in STATES.items() if state.editable and key != "draft"]
    row = db.cases.find_one({"state": {"$in": editable}, "type": "dibao_rural", "x_phone": {"$exists": True}})
    published = engine.registry.get(row["type"], row["schema_version"])
    clerk = Actor("clerk", "经办（虚构）", frozenset({"township_clerk"}), frozenset({row["township"]}))
    day = dates.day_of(db.events.find_one({"case": row["_id"]}, sort=[("seq", -1)])["at"]) + timedelta(days=1)
    for number, on in ((1, day), (2, day + timedelta(days=2))):
        case = published.model._from_son(db.cases.find_one({"_id": row["_id"]}))
        with dates.frozen(on), acting(clerk):
            edit(Move(case, published, clerk, engine.standards), {"phone": f"1380000000{number}"}, case.rev)
    row = db.cases.find_one({"_id": row["_id"]})
    phones = [archive.stood(row, engine.registry, day + timedelta(days=days)).case.x_phone for days in (-1, 0, 1, 2)]
    assert phones[1:] == ["13800000001", "13800000001", "13800000002"] and phones[0] not in phones[1:]
    with pytest.raises(NotFound):
        archive.stood(row, engine.registry, dates.date(2020, 1, 1))


def test_a_job_binds_many_into_one_zip_and_tells_who_is_missing(clean, settings):
    engine, db = clean
    ids = [str(row["_id"]) for row in db.cases.find({"state": "in_benefit", "township": HERE}).limit(3)]
    job = start(archives.JOB, "归档", {"cases": [*ids, "0" * 24], "day": ""}, REVIEWER)
    assert runner.run_job(engine, job) == model.DONE
    done = model.get(job)
    assert done["result"] == {"bound": 3, "failed": 1} and "没有找到" in done["problems"][0]["text"]
    path, entry = artefacts.path_of(settings, done, 0)
    with zipfile.ZipFile(path) as archive_file:
        names = archive_file.namelist()
        assert len(names) == 3 and all(PdfReader(io.BytesIO(archive_file.read(name))).pages for name in names)
    assert entry["name"] == "档案.zip" and db.dossiers.count_documents({}) == 3
    assert len(catalogue.recent()) == 3


def test_nobody_binds_what_is_out_of_their_scope(clean):
    engine, db = clean
    with acting(CLERK):
        with pytest.raises(Invalid, match="管辖范围"):
            archives.bind_one(engine, CLERK, on_roll(db, township=THERE)["_id"])
        archives.bind_one(engine, CLERK, on_roll(db, township=HERE)["_id"])
        assert {row["township"] for row in catalogue.recent()} == {HERE}
