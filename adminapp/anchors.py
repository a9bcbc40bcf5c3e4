"""Anchors: what the logs said at the end of each day, kept in files outside the database and signed with a key that is not in it.

The chains of events prove that nothing was changed in between; who rewrites a whole chain, or cuts off its end, makes one
that fits by itself. An anchor holds the last number and digest of every chain that grew since the one before, so both are
found. ``<folder>/000012.json``: ``{n, at, prev, cases: {case id: [seq, h, case number]}, audit: [seq, h], lists: {batch: digest},
reserve: {township: [n, digest]}, mac}``; `prev` is the signature of the anchor before, `mac` the HMAC-SM3 over all of it. Files are
written once. Those of earlier releases have no `reserve`.
"""

import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from bson import ObjectId
from cryptography.hazmat.primitives import constant_time, hashes, hmac

from adminapp import audit, database, dates, divisions
from adminapp.config import read_key
from adminapp.errors import SetupError
from adminapp.reserve import book
from adminapp.workflow import events

SETTLED = timedelta(minutes=10)
"""Time after midnight in which what waits in an outbox reaches its chain."""

PARTS = frozenset({"n", "at", "prev", "cases", "audit", "lists", "reserve", "mac"})

audit.declare("anchor", "存证")


def sweep(engine):
    """Write the anchor of the days that are over, unless it is there."""
    last = newest(engine.settings)
    if last is None or dates.day_of(datetime.fromisoformat(last["at"])) < dates.day_of(dates.now() - SETTLED):
        make(engine.settings)


def make(settings) -> dict:
    """Write an anchor of what the logs say now and return it; when another process was first, the one it wrote."""
    events.sweep()
    last, now = newest(settings), dates.now()
    # A log may be told late of what happened before the last anchor: an hour twice does no harm.
    since = datetime.fromisoformat(last["at"]) - timedelta(hours=1) if last else None
    anchor = {
        "n": last["n"] + 1 if last else 1, "at": now.isoformat(), "prev": last["mac"] if last else "",
        "cases": _cases(since), "audit": _audit(), "lists": _lists(since), "reserve": _reserve(since),
    }  # fmt: skip
    anchor["mac"] = _mac(settings, anchor)
    if not _write(_path(settings, anchor["n"]), anchor):
        return newest(settings)
    audit.log("anchor", number=anchor["n"])
    return anchor


def newest(settings) -> dict | None:
    """Return the last anchor, None before there is one."""
    found = _numbers(settings)
    return _read(_path(settings, found[-1])) if found else None


def verify(settings):
    """Yield a sentence for each anchor that is missing or was changed, and for each chain that differs from one."""
    previous = ""
    told = database.raw(audit.COLLECTION).find_one({"kind": "anchor"}, {"data": 1}, sort=[("seq", -1)])
    count = max([told["data"]["number"] if told else 0, *_numbers(settings)])
    for number in range(1, count + 1):
        anchor = _read(_path(settings, number))
        if anchor is None:
            yield f"存证第 {number} 号缺失"
            continue
        mac = anchor.get("mac", "")
        signed = constant_time.bytes_eq(_mac(settings, anchor).encode(), mac.encode())
        if not signed or anchor["n"] != number or (previous and anchor["prev"] != previous):
            yield f"存证第 {number} 号被改动"
        else:
            yield from _differences(anchor)
        previous = mac


def _differences(anchor):
    """Yield what the logs do not say any more of what they said at the anchor."""
    day = dates.day_of(datetime.fromisoformat(anchor["at"]))
    ids = list(anchor["cases"])
    for first in range(0, len(ids), 500):
        wanted = {ident: anchor["cases"][ident] for ident in ids[first : first + 500]}
        query = {"$or": [{"case": ObjectId(ident), "seq": seq} for ident, (seq, _h, _number) in wanted.items()]}
        there = {str(row["case"]): row["h"] for row in database.raw(events.COLLECTION).find(query, {"case": 1, "h": 1})}
        for ident, (seq, h, number) in wanted.items():
            if there.get(ident) != h:
                yield f"{number}：第 {seq} 条记录{'缺失' if ident not in there else '与存证不同'}（{day} 存证）"
    seq, h = anchor["audit"]
    row = database.raw(audit.COLLECTION).find_one({"seq": seq}, {"h": 1}) if seq else {"h": ""}
    if row is None or row["h"] != h:
        yield f"日志第 {seq} 条{'缺失' if row is None else '与存证不同'}（{day} 存证）"
    for batch_id, digest in anchor["lists"].items():
        batch = database.raw("payment_batches").find_one({"_id": batch_id}, {"seal.digest": 1, "history.digest": 1})
        known = [(batch.get("seal") or {}).get("digest"), *(note.get("digest") for note in batch["history"])] if batch else []
        if digest not in known:
            yield f"名册 {batch_id} 的校验值{'缺失' if batch is None else '与存证不同'}（{day} 存证）"
    for township, (n, digest) in anchor.get("reserve", {}).items():
        entry = database.raw(book.COLLECTION).find_one({"_id": book.entry_id(township, n)}, {"digest": 1})
        if entry is None or entry["digest"] != digest:
            yield f"{divisions.name_of(township)}备用金：第 {n} 号{'缺失' if entry is None else '与存证不同'}（{day} 存证）"


def _cases(since):
    query = {"at": {"$gte": since}} if since else {}
    steps = [
        {"$match": query}, {"$sort": {"case": 1, "seq": 1}},
        {"$group": {"_id": "$case", "seq": {"$last": "$seq"}, "h": {"$last": "$h"}, "number": {"$last": "$number"}}}, {"$sort": {"_id": 1}},
    ]  # fmt: skip
    return {str(row["_id"]): [row["seq"], row["h"], row["number"]] for row in database.raw(events.COLLECTION).aggregate(steps, allowDiskUse=True)}


def _audit():
    last = database.raw(audit.COLLECTION).find_one({}, {"seq": 1, "h": 1}, sort=[("seq", -1)])
    return [last["seq"], last["h"]] if last else [0, ""]


def _lists(since):
    query = {"seal.at": {"$gte": since}} if since else {"seal": {"$ne": None}}
    return {row["_id"]: row["seal"]["digest"] for row in database.raw("payment_batches").find(query, {"seal.digest": 1}, sort=[("_id", 1)])}


def _reserve(since):
    """Return {township: [n, digest]} of the last entry of every book that grew."""
    last = {township: book.newest(township) for township in sorted(database.raw(book.COLLECTION).distinct("township"))}
    return {township: [entry["n"], entry["digest"]] for township, entry in last.items() if since is None or entry["at"] >= since}


# Files


def _path(settings, number) -> Path:
    return settings.anchor_folder / f"{number:06d}.json"


def _numbers(settings):
    return sorted(int(path.stem) for path in settings.anchor_folder.glob("[0-9]*.json") if path.stem.isdigit())


def _read(path):
    """Return an anchor, {} for a file that is none, None when there is none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        found = None
    known = isinstance(found, dict) and set(found) in (PARTS, PARTS - {"reserve"})
    return found if known else dict.fromkeys(PARTS, "")


def _write(path, anchor) -> bool:
    """Write the file once and for ever; tell whether this call did."""
    aside = path.with_name(f".tmp-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="utf-8") as file:
            json.dump(anchor, file, ensure_ascii=False, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return False
        finally:
            aside.unlink()
    except OSError as error:
        raise SetupError(f"无法写入存证 {path}：{error.strerror}。请检查 RELIEF_ANCHORS 和磁盘权限。") from error
    return True


def _mac(settings, anchor):
    content = {key: value for key, value in anchor.items() if key != "mac"}
    mac = hmac.HMAC(bytes.fromhex(read_key(settings.keys / "anchors")), hashes.SM3())
    mac.update(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return mac.finalize().hex()
