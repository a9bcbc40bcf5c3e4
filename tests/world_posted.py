"""What hangs in public in the small world of tests/world.py: a posting with its photo, an objection with a paper."""

import io
import secrets

from PIL import Image

from adminapp import database, dates
from adminapp.feedback import papers
from adminapp.jobs import model
from adminapp.postings import evidence
from adminapp.public import store

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def add(side, actor):
    """Store a posting that hangs and an objection to it for one township."""
    side.posting, side.objection = secrets.token_hex(8), f"YY202609-{side.township[-5:]}"
    posting, objection = hung_posting(side, actor), objection_to(side)
    proof = evidence.read_photo("x.png", picture(int(side.township)))
    posting["photos"] = [evidence.keep(proof, posting, evidence.HUNG, words_of(side), actor)]
    objection["papers"] = papers.keep(objection, [("x.pdf", PDF)])
    side.photo, side.paper = posting["photos"][0]["id"], objection["papers"][0]["id"]
    database.raw("postings").insert_one(posting)
    store.put("world", "<!doctype html>", "")  # so that the collection is there before anything is compared
    database.raw("objections").insert_one(objection)
    side.complaint = f"TS202609-{side.township[-5:]}"
    database.raw("complaints").insert_one(complaint_about(side) | {"papers": objection["papers"]})


def words_of(side) -> str:
    """Return the text by which a leak of this township is recognised."""
    return side.case.x_event


def picture(colour) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (colour % 256, 90, 120)).save(out, "PNG")
    return out.getvalue()


def hung_posting(side, actor) -> dict:
    """Return a posting that hangs today and shows the township's texts."""
    name, words, today = side.case.name, words_of(side), dates.today().isoformat()
    row = {
        "case": side.case.pk, "type": side.case.type, "type_name": side.case.type, "version": 1, "number": side.case.number, "name": name,
        "texts": {"name": name}, "web": {"name": name[0] + "*"}, "rev": 0, "state": "UP", "note": "",
    }  # fmt: skip
    return {
        "_id": side.posting, "rev": 1, "kind": "review", "state": "POSTED", "village": side.village, "township": side.township, "days": 7,
        "unit": "day", "planned": today, "start": today, "end": dates.add_days(dates.today(), 7, "day").isoformat(), "place": words,
        "phone": "13800000099", "wide": False, "rows": [row], "year": 2026, "serial": 1, "issue": words, "office": "县民政局",
        "active": [side.case.pk], "photos": [], "taken_down": None, "maker": model.snapshot(actor), "replaces": "", "replaced_by": "",
        "due": today, "history": [{"at": dates.now(), "by": actor.id, "by_name": actor.name, "what": "编制公示表", "note": words}],
    }  # fmt: skip


def objection_to(side) -> dict:
    """Return an objection whose open texts would show the township."""
    words = words_of(side)
    return {
        "_id": side.objection, "secret": "", "rev": 1, "state": "INVESTIGATING", "township": side.township, "village": side.village,
        "posting": side.posting, "case": side.case.pk, "number": side.case.number, "household": words, "type_name": words, "channel": "web",
        "real_name": False, "received_on": dates.today().isoformat(), "owner": "", "decision": "", "answer": "", "decided_on": None,
        "replied": None, "held": True, "due": dates.today().isoformat(), "name": "", "contact": "", "content": "", "finding": "", "papers": [],
        "history": [{"at": dates.now(), "by": "public", "by_name": words, "what": "收到异议", "note": ""}],
    }  # fmt: skip


def complaint_about(side) -> dict:
    """Return a complaint that is concluded: seen by who assigns, not by the township it is about."""
    words, today = words_of(side), dates.today().isoformat()
    return {
        "_id": side.complaint, "secret": "", "rev": 1, "state": "DECIDED", "township": side.township, "subject": "village", "case": None, "number": "",
        "channel": "web", "real_name": False, "received_on": today, "due": today, "limit": today, "owner": "", "owner_name": "", "conclusion": "true",
        "finding": "", "answer": words, "decided_on": today, "replied": None, "late": None, "closed_on": None, "name": "", "contact": "", "about": "",
        "content": "", "papers": [], "history": [{"at": dates.now(), "by": "public", "by_name": words, "what": "收到", "note": ""}],
    }  # fmt: skip
