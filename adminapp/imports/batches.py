"""A batch of an import (collection `imports`): one uploaded file on its way in, and out again when it is undone.

``{_id, type, version, mode, complete, month, name, upload: {id, name, digest}, township, state, rev, sheets: [plan],
samples (sealed), counts, job, by, by_name, maker, at, approved_by, history}``. MAPPING → CHECKING → CHECKED → (WAITING) →
APPLYING → APPLIED → UNDOING → UNDONE; DISCARDED from any step before something was taken in. Recipients who are taken over
get money, so a second person of the county (审批) lets such a batch in.

`maker` is who brought the file, with the places it may speak of, whoever lets it in.

The id of a case is made of the batch and its place in the file: whatever is killed and run again stores a case once,
and the cases of a batch are found without a mark on them.
"""

import hashlib
import json
import secrets
from datetime import date

from bson import ObjectId
from pymongo import ReturnDocument

from adminapp import audit, database, dates, indexes, sealing, uploads
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.imports import guessing
from adminapp.imports.columns import BENEFIT, KEY, MODES, VILLAGE, targets
from adminapp.jobs import model as jobs
from adminapp.policy import APPROVER, CLERK, REVIEWER
from adminapp.scope import ALL, Actor, ScopedCollection
from adminapp.tabular import read_sheets

COLLECTION, ROWS, TAKEN = "imports", "import_rows", "import_cases"
indexes.declare(COLLECTION, "place", ["township", "-at", "-_id"])
indexes.declare(COLLECTION, "at", ["-at", "-_id"])
indexes.declare(COLLECTION, "work_township", ["township", "state", "due"])
indexes.declare(COLLECTION, "work", ["state", "due"])
indexes.declare(ROWS, "batch", ["batch", "kind", "n"])
indexes.declare(TAKEN, "batch", ["batch", "n"])
audit.declare("import_undone", "撤销导入")

MAPPING, CHECKING, CHECKED, WAITING = "MAPPING", "CHECKING", "CHECKED", "WAITING"
APPLYING, APPLIED, UNDOING, UNDONE, DISCARDED = "APPLYING", "APPLIED", "UNDOING", "UNDONE", "DISCARDED"
STATES = {
    MAPPING: "待对应栏目", CHECKING: "试导入中", CHECKED: "已试导入", WAITING: "待县级审批", APPLYING: "导入中", APPLIED: "已导入",
    UNDOING: "撤销中", UNDONE: "已撤销", DISCARDED: "已放弃",
}  # fmt: skip
TONES = {MAPPING: "wait", CHECKING: "info", CHECKED: "wait", WAITING: "wait", APPLYING: "info", APPLIED: "good", UNDOING: "info", UNDONE: "", DISCARDED: ""}
AFTER_FAILURE = {CHECKING: MAPPING, APPLYING: CHECKED, UNDOING: APPLIED}
"""Where a batch stands when the job of a step did not get through."""
MAKERS = frozenset({CLERK, REVIEWER})
CHECK, APPLY, UNDO = "import_check", "import_apply", "import_undo"
SAMPLES = 3
SAMPLE_LENGTH = 40


def collection() -> ScopedCollection:
    """Return the batches within the actor's scope."""
    return ScopedCollection(database.raw(COLLECTION))


def get(batch_id: str) -> dict:
    """Return a batch the actor may see. Raise NotFound."""
    row = collection().find_one({"_id": str(batch_id)})
    if row is None:
        raise NotFound()
    return _settled(row) if row["state"] in AFTER_FAILURE else row


def listed(limit: int, before: str = "") -> list[dict]:
    """Return the batches the actor may see, newest first, without their sheets; `before` is the last one shown. Raise NotFound."""
    at = get(before)["at"] if before else None
    query = {"at": {"$lte": at}, "$or": [{"at": {"$lt": at}}, {"_id": {"$lt": before}}]} if at else {}
    return list(collection().find(query, {"sheets": 0, "samples": 0, "history": 0}, sort=[("at", -1), ("_id", -1)], limit=limit))


def _settled(batch: dict) -> dict:
    """Return a batch whose job failed or was cancelled as it stands then: what it did not finish can be taken up again."""
    job = database.raw(jobs.COLLECTION).find_one({"_id": batch["job"]}, {"state": 1})
    if job is None or job["state"] not in (jobs.FAILED, jobs.CANCELLED):
        return batch
    state = AFTER_FAILURE[batch["state"]]
    state = WAITING if state == CHECKED and batch["mode"] == BENEFIT else state
    update = {"$set": {"state": state}, "$inc": {"rev": 1}}
    query, table = {"_id": batch["_id"], "rev": batch["rev"]}, database.raw(COLLECTION)
    return table.find_one_and_update(query, update, return_document=ReturnDocument.AFTER) or table.find_one({"_id": batch["_id"]})


def id_range(batch_id: str, at) -> tuple[ObjectId, ObjectId]:
    """Return the first and last id that cases of a batch can have."""
    head = int(at.timestamp()).to_bytes(4) + hashlib.sha256(batch_id.encode()).digest()[:5]
    return ObjectId(head + b"\x00\x00\x00"), ObjectId(head + b"\xff\xff\xff")


def id_maker(batch: dict):
    """Return the function from the place of a household in the file to the id of its case."""
    head = id_range(batch["_id"], batch["at"])[0].binary[:9]
    return lambda n: ObjectId(head + n.to_bytes(3))


def upload(data: bytes, name: str, published, mode: str, actor: Actor) -> dict:
    """Keep an uploaded file as a batch, with a guess which column is which, and return it. Raise Invalid."""
    if published.retired:
        raise Invalid(f"“{published.name}”已停止受理新的申请，不能导入。")
    sheets = read_sheets(data)
    marker = guessing.marker_of(sheets)
    if marker and marker["type"] != published.key:
        raise Invalid("这个模板是另一个救助类型的，请选择对应的类型再上传。")
    if marker and marker["mode"] in MODES:
        mode = marker["mode"]
    if mode not in MODES:
        raise Invalid("请选择导入方式。")
    known = targets(published.relief_type, mode)
    plans = guessing.plans(sheets, known, guessing.habits_of(actor.id, published.key))
    if not plans:
        raise Invalid("文件里没有可以导入的工作表。")
    townships = [] if actor.townships is ALL else sorted(actor.townships)
    batch = {
        "_id": secrets.token_hex(12), "type": published.key, "version": published.version, "mode": mode, "complete": True,
        "month": dates.add_months(dates.month_of(dates.today()), 1), "name": name[-120:], "upload": uploads.keep(data, name, actor),
        "township": townships[0] if townships else "", "state": MAPPING, "rev": 0, "sheets": plans, "template": (marker or {}).get("version", 0),
        "samples": "", "counts": {}, "job": "", "by": actor.id, "by_name": actor.name, "maker": jobs.snapshot(actor), "at": dates.now().replace(microsecond=0),
        "approved_by": "", "history": [_step(actor, "upload", "上传文件")],
    }  # fmt: skip
    batch["samples"] = _seal_samples(batch["_id"], sheets, plans)
    collection().insert_one(batch)
    audit.log("import", batch=batch["_id"], type=published.key, mode=mode, step="upload", digest=batch["upload"]["digest"][:16])
    return batch


def _seal_samples(batch_id, sheets, plans):
    """Return the first cells below each heading, sealed: a glance at the file without opening it again."""
    found = {}
    for plan in plans:
        rows = [row for row in sheets[plan["name"]].rows[plan["header"] + 1 :][: 3 * SAMPLES] if any(row) and row[0] != guessing.EXAMPLE]
        columns = range(len(plan["titles"]))
        found[plan["name"]] = [[row[place][:SAMPLE_LENGTH] for row in rows if place < len(row) and row[place]][:SAMPLES] for place in columns]
    return sealing.seal(json.dumps(found, ensure_ascii=False), _context(batch_id))


def samples(batch: dict) -> dict[str, list[list[str]]]:
    """Return {sheet: for each column its first cells}; empty once the file is gone."""
    return json.loads(sealing.unseal(batch["samples"], _context(batch["_id"]))) if batch["samples"] else {}


def _context(batch_id):
    return f"imports:{batch_id}"


# Steps of a batch, each one compare-and-set


def is_mine(batch: dict, actor: Actor) -> bool:
    """Tell whether the actor brings this batch in: who uploaded it, or a colleague in the same post."""
    return actor.has(*MAKERS) and (actor.townships is ALL or actor.reaches(batch["township"]))


def steps_of(batch: dict, actor: Actor) -> set[str]:
    """Return what the actor may do with a batch now."""
    state, found = batch["state"], set()
    begun = batch.get("begun", False)
    if is_mine(batch, actor):
        found |= {"map", "discard"} if state in (MAPPING, CHECKED) and not begun else set()
        found |= {"submit" if batch["mode"] == BENEFIT else "apply"} if state == CHECKED else set()
        found |= {"judge"} if state == CHECKED and not begun else set()
        found |= {"recall"} if state == WAITING and not begun else set()
        found |= {"undo"} if state == APPLIED or (begun and state in (CHECKED, WAITING)) else set()
    if actor.has(APPROVER) and state == WAITING and actor.id != batch["by"]:
        found |= {"approve", "return"}
    return found


def change(batch: dict, changes: dict, actor: Actor, action: str, label: str, rev: int | None = None) -> dict:
    """Write a change of a batch that stands as it was seen, and return it. Raise Conflict."""
    seen = batch["rev"] if rev is None else rev
    update = {"$set": changes, "$inc": {"rev": 1}, "$push": {"history": _step(actor, action, label)}}
    query = {"_id": batch["_id"], "rev": seen, "state": batch["state"]}
    stored = database.raw(COLLECTION).find_one_and_update(query, update, return_document=ReturnDocument.AFTER)
    if stored is None:
        raise Conflict()
    return stored


def _step(actor, action, label):
    return {"at": dates.now(), "actor": actor.id, "actor_name": actor.name, "action": action, "label": label}


def set_plans(batch: dict, chosen: dict[str, dict[str, str]], complete: bool, month: str, actor: Actor, known: dict, rev: int) -> dict:
    """Store which column is which (sheet → place → target key) and start the trial. Raise Invalid in words of the columns."""
    problems, plans = [], []
    for plan in batch["sheets"]:
        places = {place: key for place, key in chosen.get(plan["name"], {}).items() if key in known and 0 <= int(place) < len(plan["titles"])}
        twice = {key for key in places.values() if list(places.values()).count(key) > 1}
        problems += [f"工作表“{plan['name'] or '文件'}”里有两列都对应“{known[key].title}”，请只留一列" for key in sorted(twice)]
        plans.append(plan | {"places": places})
    mapped = {key for plan in plans for key in plan["places"].values()}
    main = next((plan for plan in plans if VILLAGE in plan["places"].values()), None)
    own = [key for key, target in known.items() if key.startswith("_") and target.field.required]
    need = [VILLAGE, "applicant_name", *(own if batch["mode"] == BENEFIT else ())]
    lacking = [known[key].title for key in dict.fromkeys(need) if key not in mapped]
    if lacking:
        problems.append(f"还没有对应：{'、'.join(lacking)}")
    for plan in plans:
        tables = {known[key].table.id for key in plan["places"].values() if known[key].table}
        if plan is not main and tables and KEY not in plan["places"].values():
            problems.append(f"工作表“{plan['name']}”要有一列对应“户号”（或户主的身份证号码），才知道每行属于哪一户")
        if len(tables) > 1 and plan is not main:
            problems.append(f"工作表“{plan['name']}”一次只能对应一个明细表")
    if batch["mode"] == BENEFIT and not _is_month(month):
        problems.append("请填写从哪个月起由本系统发放，不能早于本月")
    if problems:
        raise Invalid(problems)
    guessing.remember(actor.id, batch["type"], plans)
    changes = {"sheets": plans, "complete": complete, "month": month or batch["month"], "state": CHECKING, "counts": {}}
    return _start(change(batch, changes, actor, "map", "对应栏目，试导入", rev), CHECK, "试导入", actor)


def _is_month(text):
    try:
        return text >= dates.month_of(dates.today()) and bool(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return False


def _start(batch, kind, label, actor):
    job = jobs.start(kind, f"{label} {batch['name']}", {"batch": batch["_id"]}, actor, key=f"{batch['_id']}:{batch['rev']}")
    query, table = {"_id": batch["_id"], "rev": batch["rev"]}, database.raw(COLLECTION)
    return table.find_one_and_update(query, {"$set": {"job": job}}, return_document=ReturnDocument.AFTER) or batch


def act(batch: dict, step: str, actor: Actor, rev: int) -> dict:
    """Take a step of a batch and return it. Raise NotFound for what this actor may not do now, Conflict, Invalid."""
    if step not in steps_of(batch, actor) or step not in STEPS:
        raise NotFound()
    return STEPS[step](batch, actor, rev)


def _apply(batch, actor, rev):
    if not batch["counts"].get("good"):
        raise Invalid("没有可以导入的户。")
    return _start(change(batch, {"state": APPLYING, "begun": True}, actor, "apply", "导入", rev), APPLY, "导入", actor)


def _approve(batch, actor, rev):
    stored = change(batch, {"state": APPLYING, "begun": True, "approved_by": actor.id}, actor, "approve", "审批同意，导入", rev)
    return _start(stored, APPLY, "导入", actor)


def _submit(batch, actor, rev):
    if not batch["counts"].get("good"):
        raise Invalid("没有可以导入的户。")
    return change(batch, {"state": WAITING}, actor, "submit", "提交县级审批", rev)


def _undo(batch, actor, rev):
    return _start(change(batch, {"state": UNDOING}, actor, "undo", "撤销导入", rev), UNDO, "撤销导入", actor)


def _discard(batch, actor, rev):
    stored = change(batch, {"state": DISCARDED, "samples": ""}, actor, "discard", "放弃", rev)
    clean(batch["_id"])
    uploads.drop(batch["upload"]["id"])
    return stored


def clean(batch_id: str):
    """Remove what a trial found, so that another may find it anew."""
    for name in (ROWS, "import_pairs"):
        database.raw(name).delete_many({"batch": batch_id})


STEPS = {
    "apply": _apply, "submit": _submit, "approve": _approve, "undo": _undo, "discard": _discard,
    "recall": lambda batch, actor, rev: change(batch, {"state": CHECKED}, actor, "recall", "撤回审批", rev),
    "return": lambda batch, actor, rev: change(batch, {"state": CHECKED}, actor, "return", "退回修改", rev),
}  # fmt: skip


def recount(batch: dict, standing: dict[int, str]):
    """Set how many households wait, or stay out, for their pairs; `standing` is {n: verdict}."""
    counts, held = batch["counts"], sum(1 for verdict in standing.values() if not verdict)
    judged = counts["good"] + counts["held"] + counts["dropped"]
    new = {"held": held, "dropped": len(standing) - held, "good": judged - len(standing)}
    table = database.raw(COLLECTION)
    table.update_one({"_id": batch["_id"], "state": batch["state"]}, {"$set": {f"counts.{name}": number for name, number in new.items()}, "$inc": {"rev": 1}})


def finish(batch: dict, changes: dict, actor: Actor, action: str, label: str):
    """Write the end of a job: at most once, whatever was killed in between."""
    update = {"$set": changes, "$inc": {"rev": 1}, "$push": {"history": _step(actor, action, label)}}
    database.raw(COLLECTION).update_one({"_id": batch["_id"], "state": batch["state"]}, update)
