"""The postings behind the demo cases (虚构): one sheet for each village and day on which cases were posted, up to today."""

import hashlib
from collections import defaultdict
from datetime import date, datetime, time, timedelta

from bson import Binary, ObjectId

from adminapp import database, dates, divisions
from adminapp.feedback import receipts, sealed
from adminapp.jobs import model
from adminapp.legal_basis import legal_basis
from adminapp.objections import register as objections
from adminapp.postings import evidence, prepare, register, rows, settings
from adminapp.postings.course import _take_down_by
from adminapp.scope import acting
from adminapp.workflow.transition import Move
from seed.accounts import SMALL
from seed.bulk import insert
from seed.papers import CHUNK_SIZE, CHUNKS, FILES, _picture
from seed.predictable import predictable
from seed.staff import Staff

DAYS = 60
"""Of the past, whose sheets the demo shows."""
ANEW = ("appraisal",)
"""Where a case stands whose objection was upheld: it is appraised anew."""
STANDING = {"publicity": register.UP, "objection": register.OBJECTED} | dict.fromkeys(ANEW, register.UPHELD)


def build(engine, county):
    """Store the postings and objections that the stored cases tell of."""
    staff, since = Staff(county.townships), (county.on - timedelta(days=DAYS)).isoformat()
    groups = defaultdict(list)
    query = {"records": {"$elemMatch": {"kind": "posting", "on": {"$gte": since}}}}
    for row in database.raw("cases").find(query, sort=[("number", 1)]):
        published = engine.registry.get(row["type"], row["schema_version"])
        case = published.model._from_son(row)
        record = case.last_record("posting")
        step = published.relief_type.step_by_name["posting"]
        groups[case.village, record["data"]["start"], step.days, step.unit].append((case, published, record))
    serials, made, told = defaultdict(int), [], []
    for key in sorted(groups):
        serials[key[0]] += 1
        posting, found = _posting(engine, county, staff, key, groups[key], serials[key[0]])
        made.append(posting)
        told += found
    insert(register.COLLECTION, made)
    insert("counters", [{"_id": f"posting:{village}:{county.on.year}", "value": value} for village, value in sorted(serials.items())])
    insert(objections.COLLECTION, told)
    photos = [(posting, photo) for posting in made for photo in posting["photos"]]
    insert(FILES, [_file(posting, photo) for posting, photo in photos])
    insert(CHUNKS, [_chunk(photo) for _posting, photo in photos])
    _prepare(engine, county, staff)


def _prepare(engine, county, staff):
    """Make the sheets of every other village that has due cases, ready to be hung; the other villages are still due."""
    for township in SMALL:
        clerk = staff.of("township_clerk", township)
        with acting(clerk), dates.frozen(datetime.combine(county.on, time(8, 30), dates.SHANGHAI)):
            for village in sorted(prepare.due_by_village(engine, township, clerk))[::2]:
                with predictable(f"{county.seed}:prepared:{village}"):
                    prepare.prepare(engine, village, clerk, county.on)


def _posting(engine, county, staff, key, cases, serial):
    village, start, days, unit = key
    ident = hashlib.sha256(f"posting:{key}".encode()).hexdigest()
    clerk = staff.of("township_clerk", village[: divisions.TOWNSHIP])
    begun = datetime.combine(date.fromisoformat(start), time(9), dates.SHANGHAI)
    end = dates.add_days(date.fromisoformat(start), days, unit)
    held, frozen = settings.PostingSettings(), []
    for case, published, record in cases:
        move = Move(case, published, clerk, engine.standards)
        frozen.append(rows.freeze(case, published.relief_type, move.values, held) | {"state": _row_state(case, record), "rev": case.rev})
    running = any(row["state"] in (register.UP, register.OBJECTED) for row in frozen)
    over = [case.last_record("posting_result") for case, _published, _record in cases if case.last_record("posting_result")]
    taken = None if running or not over else max(record["data"]["taken_down"] for record in over)
    photo = _photo(f"{ident}:hung", evidence.HUNG, begun + timedelta(hours=1), clerk, village)
    history = [
        {"at": begun, "by": clerk.id, "by_name": clerk.name, "what": "编制公示表", "note": ""},
        {"at": photo["at"], "by": clerk.id, "by_name": clerk.name, "what": "上传张贴照片，开始公示", "note": f"{start} 至 {end}"},
    ]
    posting = {
        "_id": ident[:16], "rev": 2, "kind": register.REVIEW, "state": register.POSTED if running else register.CLOSED, "village": village,
        "township": village[: divisions.TOWNSHIP], "days": days, "unit": unit, "planned": start, "place": f"{divisions.name_of(village)}村务公开栏",
        "phone": legal_basis().county_phone, "wide": False, "rows": sorted(frozen, key=lambda row: (row["type_name"], row["number"])),
        "year": county.on.year, "serial": serial, "issue": f"{county.on.year}年第{serial}期", "start": start, "end": end.isoformat(),
        "office": legal_basis().county.name, "photos": [photo], "maker": model.snapshot(clerk), "replaces": "", "replaced_by": "",
        "taken_down": {"on": taken, "by": clerk.id, "by_name": clerk.name, "at": begun} if taken else None,
        "due": _take_down_by(end).isoformat() if running else None, "history": history,
    }  # fmt: skip
    if running:
        posting["active"] = [row["case"] for row in frozen if row["state"] in (register.UP, register.OBJECTED)]
    return posting, [_objection(county, clerk, posting, case) for case, _published, record in cases if _objected(case, record)]


def _row_state(case, record):
    if case.state in STANDING:
        return STANDING[case.state]
    return register.DONE if case.last_record("posting_result") else register.LEFT


def _objected(case, record):
    """Tell whether an objection to this posting is told of: one that waits, or one that led to another appraisal, or was answered."""
    found = case.last_record("objection")
    if found is None:
        return False
    return found["at"] >= record["at"] if case.state in ("objection", *ANEW) else case.last_record("objection_answer") is not None


def _outcome(county, case, on, clerk):
    """Return what was decided on an objection and, if that is past, when it was answered; {} while it is looked into."""
    if case.state == "objection":
        return {}
    decision, first = "upheld" if case.state in ANEW else "dismissed", date.fromisoformat(on)
    decided = min(dates.add_workdays(first, 5), county.on)
    answered = dates.add_workdays(decided, 2)
    answer = "经再次入户核实，反映的情况属实，将重新评议（虚构）" if decision == "upheld" else "经核实，收入已按规定计入，异议不成立（虚构）"
    found = {
        "state": objections.DECIDED, "decision": decision, "answer": answer, "decided_on": decided.isoformat(), "held": False,
        "finding": sealed.seal(objections.COLLECTION, "finding", "走访邻里三户，查看就业登记（虚构）"), "later": [(decided, objections.DECISIONS[decision])],
    }  # fmt: skip
    if answered > county.on:
        return found
    replied = {"on": answered.isoformat(), "way": "书面送达", "by": clerk.id, "by_name": clerk.name}
    later = [*found["later"], (answered, "书面答复")]
    return found | {"state": objections.REPLIED, "replied": replied, "due": None, "late": False, "later": later}


def _steps(clerk, steps):
    return [{"at": at, "by": clerk.id, "by_name": clerk.name, "what": what, "note": ""} for at, what in steps]


def _objection(county, clerk, posting, case) -> dict:
    record = case.last_record("objection")
    on, number = record["data"]["date"], f"YY{record['data']['date'][:7].replace('-', '')}-{int(case.number[-5:]):05d}"
    row = next(row for row in posting["rows"] if row["case"] == case.pk)
    with predictable(number):
        secret = receipts.make_secret()
    seal = lambda key, text: sealed.seal(objections.COLLECTION, key, text)  # noqa: E731
    outcome = _outcome(county, case, on, clerk)
    later = [(datetime.combine(day, time(9), dates.SHANGHAI), what) for day, what in outcome.pop("later", ())]
    return {
        "_id": number, "secret": receipts.digest_of(number, secret), "rev": 2, "state": objections.INVESTIGATING, "township": case.township,
        "village": case.village, "posting": posting["_id"], "case": case.pk, "number": case.number, "household": row["web"]["name"],
        "type": row["type"], "type_name": row["type_name"], "channel": "counter", "real_name": True, "received_on": on, "owner": clerk.id, "decision": "",
        "answer": "", "decided_on": None, "replied": None, "held": True, "due": dates.add_workdays(date.fromisoformat(on), 15).isoformat(),
        "name": seal("name", "向某（虚构）"), "contact": seal("contact", "0743-0000000"),
        "content": seal("content", "反映该户子女在外务工，收入没有如实申报（虚构）"), "finding": "", "papers": [],
        "history": _steps(clerk, [(record["at"], "收到异议"), (record["at"], "登记异议"), *later]),
    } | outcome  # fmt: skip


def _photo(ident, use, at, actor, village):
    data = _picture("公示栏")
    digest = hashlib.sha256(ident.encode()).hexdigest()
    return {
        "name": "张贴照片.jpg", "type": "image/jpeg", "size": len(data), "digest": digest, "taken": None, "id": digest[:24], "use": use,
        "place": f"{divisions.name_of(village)}村务公开栏", "at": at, "on": at.date().isoformat(), "by": actor.id, "by_name": actor.name,
        "stored": hashlib.new("sm3", data).hexdigest(),
    }  # fmt: skip


def _file(posting, photo):
    metadata = {"posting": posting["_id"], "township": posting["township"], "village": posting["village"]}
    return {
        "_id": photo["id"], "filename": photo["name"], "metadata": metadata, "chunkSize": CHUNK_SIZE, "length": photo["size"],
        "uploadDate": photo["at"],
    }  # fmt: skip


def _chunk(photo):
    name = ObjectId(hashlib.sha256(photo["id"].encode()).digest()[:12])
    return {"_id": name, "files_id": photo["id"], "n": 0, "data": Binary(_picture("公示栏"))}
