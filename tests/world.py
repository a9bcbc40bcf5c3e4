"""A small world for tests of rights: one case in each of two townships, every personal value recognisable."""

import secrets
from dataclasses import dataclass, field

from adminapp import awards, database, dates, divisions, drafts, engine, files, saved_views, scope, sealing
from adminapp.api import tokens
from adminapp.appraisal import meetings
from adminapp.auth.users import actor_of, get
from adminapp.awards import entries
from adminapp.bank import accounts as bank_accounts
from adminapp.imports import batches as imports
from adminapp.jobs import model
from adminapp.leads import leads
from adminapp.ledger import recovery
from adminapp.matching import store as matches
from adminapp.policy import CLERK
from adminapp.related import filing
from adminapp.reports import store
from adminapp.reports.rows import TRAITS
from adminapp.reserve import book
from adminapp.supervision import checks
from adminapp.verification import requests
from adminapp.visits import packs
from adminapp.workflow.opening import open_case
from seed.accounts import SMALL
from tests import world_posted as posted

HERE, THERE = SMALL
TYPE = "temporary"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CLERKS = {HERE: "clerk.tuojiang", THERE: "clerk.liaojiaqiao"}
NAMES = {HERE: "麻甲雀（虚构）", THERE: "吴乙鸰（虚构）"}
PHONES = {HERE: "13800000011", THERE: "13800000022"}
NUMBERS = {HERE: "433123199001010014", THERE: "433123199202020029"}
PAYEES = {HERE: "甲付云霄", THERE: "乙付风铃"}
"""Holders of accounts: known to finance, and to nobody of the other township."""
ACCOUNTS = {HERE: "6217000000000000015", THERE: "6217000000000000023"}
TEXTS = {HERE: "甲侧标记云霄", THERE: "乙侧标记风铃"}


@dataclass
class Side:
    """One township's case, and the values by which a leak is recognised."""

    township: str
    village: str
    case: object = None
    file: str = ""
    job: str = ""
    draft: str = ""
    filing: str = ""
    check: str = ""
    warning: str = ""
    delegation: str = ""
    account: str = ""
    request: str = ""
    batch: str = ""
    pack: str = ""
    meeting: str = ""
    lead: str = ""
    match: str = ""
    view: str = ""
    posting: str = ""
    photo: str = ""
    objection: str = ""
    paper: str = ""
    complaint: str = ""
    entry: str = ""
    canaries: list[str] = field(default_factory=list)


def build(app) -> dict[str, Side]:
    """Store both cases, each with a file, and return {township: side}."""
    with app.test_request_context():
        sides = {}
        for township in SMALL:
            side = Side(township, divisions.villages(township)[0].code)
            actor = actor_of(get(CLERKS[township]))
            with scope.acting(actor):
                held = engine.current()
                values = {
                    "applicant_name": NAMES[township].removesuffix("（虚构）"),
                    "applicant_id": number(NUMBERS[township]),
                    "phone": PHONES[township],
                    "event": TEXTS[township],
                }
                published = held.registry.get(TYPE)
                known = {key: value for key, value in values.items() if key in published.relief_type.fields}
                side.case = open_case(published, actor, side.village, known, held.standards)
                side.file = files.add(side.case, actor, files.OTHER, f"{TEXTS[township]}.pdf", PDF, "其他材料")
                side.file = getattr(side.file, "id", side.file)
                side.job = secrets.token_hex(12)
                database.raw("jobs").insert_one(finished_job(side, actor))
                side.filing = filing.file(official(side), dates.today().year, actor)["_id"]
                side.delegation = f"{actor.id}:township_clerk:2026-01-01"
                database.raw("delegations").insert_one(delegation(side, actor))
                check = spot_check(side)
                database.raw("spot_checks").insert_one(check)
                side.check = check["_id"]
                side.warning = warning(side)
                side.account = account(side)
                side.request = f"request-{township}"
                database.raw(requests.COLLECTION).insert_one(request_of(side))
                ledger = f"姓名,村\n{values['applicant_name']},{TEXTS[township]}".encode()
                side.batch = imports.upload(ledger, f"{TEXTS[township]}.csv", published, "draft", actor)["_id"]
                side.pack = f"RH{township}-2026-0001"
                database.raw(packs.COLLECTION).insert_one(pack_of(side))
                side.lead = f"XS{township}-2026-0001"
                database.raw(leads.COLLECTION).insert_one(lead_of(side))
                side.match = f"match-{township}"
                database.raw(matches.COLLECTION).insert_one(match_of(side))
                side.meeting = f"PY{township}-2026-0001"
                database.raw(meetings.COLLECTION).insert_one(meeting_of(side))
                side.view = saved_views.save(actor, TYPE, TEXTS[township], {"village": side.village}, ["state"], True).id
                award(side)
                database.raw(recovery.COLLECTION).insert_one(recovery_of(side))
                reserve_of(side, actor)
                store.begin("2026-08", "tests")
                store.rows().insert_one(report_row_of(side))
                posted.add(side, actor)
                side.entry = f"YS{township}-2026-0001"
                database.raw("register_entries").insert_one(entry_of(side))
                side.canaries = list(known.values())
            sides[township] = side
        sides[HERE].draft = drafts.begin("type", TYPE, actor_of(get("policy")), held).id  # of no township: whoever configures
        return sides


def reserve_of(side, actor):
    """Book money into the township's reserve, and a payment that names its payee; finance knows payees, not cases."""
    case, text = side.case, PAYEES[side.township]
    book.append(side.township, f"world:in:{side.township}", book.ADVANCE, 50000, actor, "2026-01-05", note=text, voucher=text)
    row = {"slot": f"reserve:{case.id}:1", "award": case.id, "amount": 5000, "hold": [], "kind": "regular", "period": "2026-01", "type": TYPE}
    row |= {"township": side.township, "village": side.village, "number": case.number, "name": text}
    about = {"case": case.id, "number": case.number, "name": text, "type": TYPE, "type_name": TYPE, "village": side.village, "row": row}
    paid = {"way": "cash", "receiver": text, "voucher": text, "note": text, "wants": side.township}
    book.append(side.township, f"world:out:{side.township}", book.PAYMENT, -5000, actor, "2026-01-06", **about, **paid)


def report_row_of(side) -> dict:
    """Return the row of a month report that counts the township's case."""
    row = {"_id": f"2026-08:{side.case.id}:{side.township}", "month": "2026-08", "run": "world", "township": side.township, "village": side.village}
    about = {"type": TYPE, "award": side.case.id, "number": side.case.number, "name": TEXTS[side.township], "marks": ["closing"], "class": ""}
    return row | about | dict.fromkeys(("before", "plus", "minus", "size", "due", *TRAITS), 1)


def official(side) -> dict:
    """Return the values of a filing whose every text would show the township."""
    shown = TEXTS[side.township]
    number_of = number("433123198003030015" if side.township == HERE else "433123198004040016")
    return {
        "kind": "officer",
        "name": shown[:4],
        "id_number": number_of,
        "phone": PHONES[side.township],
        "unit": shown,
        "post": shown,
        "account": "",
        "township": side.township,
        "village": "",
        "relatives": [{"relation": "child", "name": shown[:4], "id_number": "", "address": shown}],
    }


def account(side) -> str:
    """Store an account that waits for a second person, paid for a case that is only named there; return its id."""
    named = {"_id": side.case.id, "number": side.case.number, "name": PAYEES[side.township], "township": side.township, "village": side.village}
    case = named | {"account": sealing.seal(ACCOUNTS[side.township], "bank_account"), "bank": PAYEES[side.township], "holder": PAYEES[side.township]}
    about = {"account": "account", "holder": "holder", "bank": "bank", "asked_by": "nobody", "asked_by_name": PAYEES[side.township]}
    bank_accounts.register(case, about, "world")
    return sealing.key_of(ACCOUNTS[side.township])


def request_of(side) -> dict:
    """Return a request for verification whose every text would show the township."""
    case, text = side.case, TEXTS[side.township]
    person = {"key": "k", "name": NAMES[side.township], "relation": text, "role": "member", "number": sealing.seal("433123199001010014", requests.ID_CONTEXT)}
    about = {"case": case.id, "number": case.number, "type": TYPE, "version": 1, "township": side.township, "village": side.village, "name": text}
    asked = {"occasion": "verification_request", "note": text, "asked_on": "2026-01-05", "due": "2026-01-08", "clause": ""}
    asked |= {"asked_by": "x", "asked_by_name": text}
    left = {"batch": None, "findings": "", "faulty": [], "files": [], "results": [], "result": "", "summary": text, "reported_on": None, "reported_by": None}
    return {"_id": side.request, **about, **asked, **left, "state": requests.WAITING, "people": [person], "inquiries": ["deposits"], "rev": 0}


def pack_of(side) -> dict:
    """Return a pack of visits whose every text would show the township."""
    case, text = side.case, TEXTS[side.township]
    stop = {"case": case.id, "number": case.number, "name": NAMES[side.township], "type": TYPE, "address": text, "state": "planned", "note": "", "on": None}
    about = {"township": side.township, "village": side.village, "day": "2026-09-16", "surveyors": [{"name": text, "unit": text, "relative": False}]}
    left = {"stops": [stop], "state": packs.OPEN, "done": 0, "made_by": "x", "made_by_name": text, "made_on": "2026-09-16", "rev": 0}
    return {"_id": side.pack, **about, **left}


def entry_of(side) -> dict:
    """Return an entry of a register whose every text would show the township."""
    text = TEXTS[side.township]
    data = dict.fromkeys(("household", "facts", "special", "unit", "handler", "place", "attended", "minutes"), text) | {"result": "later"}
    about = {"register": "special_cases", "township": side.township, "village": side.village, "on": "2026-09-10", "name": text, "data": data}
    return {"_id": side.entry, **about, "state": "valid", "by": "x", "by_name": text, "at": dates.now(), "struck": None, "replaced_by": ""}


def lead_of(side) -> dict:
    """Return a lead of the township's assistant whose every text would show the township."""
    text, by = TEXTS[side.township], "assistant.tuojiang" if side.township == HERE else "nobody"
    about = {"township": side.township, "village": side.village, "name": NAMES[side.township], "phone": PHONES[side.township], "address": text}
    told = {"kind": "illness", "situation": text, "urgent": False, "known_by": "visit", "reported_on": "2026-09-16", "month": "2026-09"}
    left = {"state": leads.OPEN, "due": "2026-09-23", "clause": "", "reported_by": by, "reported_by_name": text, "visited_on": None, "visit_note": ""}
    blank = {"answered_on": None, "answered_by": "", "answered_by_name": "", "answer": "", "office": "", "case": None, "case_type": "", "case_number": ""}
    return {"_id": side.lead, **about, **told, **left, **blank, "late": 0, "rev": 0}


def match_of(side) -> dict:
    """Return a hit on a list of another office whose every text would show the township."""
    case, text = side.case, TEXTS[side.township]
    about = {"list": "death", "key": "k", "case": case.id, "award": False, "number": case.number, "type": TYPE, "relation": text, "leads": True}
    told = {"township": side.township, "village": side.village, "name": NAMES[side.township], "told_name": text, "on": "2026-09-01", "until": None}
    left = {"detail": matches.seal(text), "state": matches.OPEN, "due": "2026-09-30", "clause": "", "found_on": "2026-09-16", "run": "x"}
    return {"_id": side.match, **about, **told, **left, "checked": None, "decided": None, "settled_on": None, "history": [], "rev": 0}


def meeting_of(side) -> dict:
    """Return a meeting whose every text would show the township."""
    case, text = side.case, TEXTS[side.township]
    item = {"case": case.id, "number": case.number, "name": NAMES[side.township], "type": TYPE, "recused": [], "opinion": text, "state": "waiting"}
    item |= {"agree": 1, "against": 0, "abstain": 0, "problem": text}
    about = {"township": side.township, "village": side.village, "day": "2026-09-16", "place": text, "chair": text, "leader": text, "recorder": text}
    people = [{"name": text, "capacity": "representative", "present": True}]
    left = {"items": [item], "stages": [], "state": meetings.HELD, "made_by": "x", "made_by_name": text, "made_on": "2026-09-16", "closed_on": None, "rev": 0}
    return {"_id": side.meeting, "attendance": people, **about, **left}


def award(side):
    """Store an award of the case that runs since January."""
    decided = {"entitled": 10000, "components": [], "decision": "none", "version": side.case.schema_version, "people": [], "size": 1}
    opening = entries.opening("2026-01", decided | {"name": NAMES[side.township]}, {"township": side.township, "village": side.village})
    about = {"number": side.case.number, "type": TYPE, "programme": TYPE, "unit": "person", "cycle": "month", "person": ""}
    when = {"on": "2026-01-05", "at": dates.now(), "by": "nobody", "by_name": TEXTS[side.township], "reason": TEXTS[side.township]}
    awards.apply(side.case.id, "world", opening | when | {"about": about})


def recovery_of(side) -> dict:
    """Return what the award was paid too much, arranged and waiting for a second person; finance knows payees, not cases."""
    text, case = PAYEES[side.township], side.case
    pending = {"kind": "agreement", "way": "setoff", "monthly": 1000, "from_month": "2026-02", "heard": "2026-01-06"}
    pending |= {"by": "nobody", "by_name": text, "on": "2026-01-06", "reason": text}
    about = {"number": case.number, "name": text, "type": TYPE, "township": side.township, "village": side.village}
    sums = {"overpaid": 5000, "taken": 0, "returned": 0, "written": 0, "open": 5000}
    entry = {"key": "1", "kind": "reject", "on": "2026-01-05", "by": "nobody", "by_name": text, "reason": text}
    left = {"state": recovery.OPEN, "waiting": "confirm_agreement", "agreement": None, "pending": pending, "entries": [entry], "rev": 1}
    return {"_id": case.id, **about, **sums, **left, "since": "2026-01-05"}


def finished_job(side, actor) -> dict:
    """Return a stored job of the clerk, done, whose every text would show the township's values."""
    text = TEXTS[side.township]
    job = model.snapshot(actor)
    done = {"state": model.DONE, "total": 1, "done": 1, "failed": 0, "message": text, "result": {"text": text}}
    order = {"_id": side.job, "kind": "notices", "title": text, "actor": job, "args": {}, "args_digest": ""}
    left = {"problems": [], "cursor": None, "artefacts": [], "cancel": False, "lease_owner": None, "lease_until": None}
    return {
        **order,
        **done,
        **left,
        "fence": 1,
        "created": dates.now(),
        "started": dates.now(),
        "finished": dates.now(),
    }


def delegation(side, actor) -> dict:
    """Return a delegation of the clerk that nobody has ended."""
    who = {"from": actor.id, "from_name": actor.name, "to": "nobody", "to_name": TEXTS[side.township], "by": actor.id}
    days = {"start": "2026-01-01", "end": "2099-01-01", "at": dates.now(), "ended": None}
    place = {"role": "township_clerk", "township": side.township, "reason": TEXTS[side.township], "by_name": actor.name}
    return {"_id": side.delegation, **who, **days, **place}


def spot_check(side) -> dict:
    """Return a check of the side's case that was visited, so that the township knows of it."""
    case = {"_id": side.case.id, "number": side.case.number, "name": side.case.name, "type": side.case.type}
    case |= {"township": side.township, "village": side.village}
    row = checks.new(case, dates.today().year, checks.RANDOM, dates.today(), side.township)
    seen = {"result": "amount", "visited_on": dates.today().isoformat(), "visited_by": ["nobody"], "shown": True, "reason": TEXTS[side.township]}
    return row | seen | {"state": checks.VISITED, "stage": checks.JUDGE, "due": None}


def warning(side) -> str:
    """Store a warning about the side's case and return its id."""
    about = {name: getattr(side.case, name) for name in ("number", "name", "type")}
    about |= {"township": side.township, "village": side.village, "case": side.case.id, "facts": [], "link": None, "text": TEXTS[side.township]}
    row = {"_id": f"late_step:{side.case.id}", "rule": "late_step", **about, "state": "open", "since": "2026-11-01", "seen": dates.now(), "until": None}
    database.raw("warnings").insert_one(row | {"history": [], "rev": 0})
    return row["_id"]


def number(text: str) -> str:
    """Return an ID number with its right check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], weights, strict=True))
    return text[:17] + "10X98765432"[total % 11]


def token(role, townships) -> str:
    """Store a token of any role, also one that is not given out, and return its text."""
    row, text = tokens.issue("接口（虚构）", CLERK, [HERE], 1, False, scope.Actor("sysadmin", "管理"))
    database.raw(tokens.COLLECTION).update_one({"_id": row["_id"]}, {"$set": {"role": role, "townships": townships}})
    return text


LOGS = {"api_uses", "audit", "sessions", "login_tries"}
"""Collections that a refused request may write to."""


def digest() -> dict:
    """Return {collection: digest} of everything stored but the logs."""
    found = database.current().command("dbHash")["collections"]
    return {name: value for name, value in found.items() if name not in LOGS}


def photograph() -> dict:
    db = database.current()
    return {name: list(db[name].find()) for name in digest()}


def restore(picture: dict):
    db = database.current()
    for name in set(digest()) | set(picture):
        db[name].delete_many({})
        if picture.get(name):
            db[name].insert_many(picture[name])
