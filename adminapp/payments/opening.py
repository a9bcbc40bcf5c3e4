"""How a batch begins: one for a month and type however often it is asked for, and the jobs that build and lock it."""

from collections.abc import Callable

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from adminapp import audit, dates
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.jobs import model as jobs
from adminapp.payments import batches, timetable
from adminapp.payments.batches import ABORTED, BUILD, BUILDING, DRAFT, OPEN, PROPOSED, SEAL
from adminapp.policy import REVIEWER
from adminapp.scope import Actor

SHUT: dict[str, Callable[[str], bool]] = {}
"""Functions that tell whether a month takes no list any more: month close puts its own in."""


def start_build(
    scope: str, month: str, types: dict[str, str], actor: Actor, supplement: bool = False, reason: str = "", once: frozenset[str] = frozenset()
) -> dict:
    """Return the batch of a month for one type or ALL_TYPES, made and put to work when there is none.

    `types` are the names of the types in it by key: empty means nobody, and is refused. `once` are those of them that are
    paid whenever they are granted: a batch of these alone has no cut-off day and is made as often as needed.

    However often and from wherever this is submitted there is one batch. `supplement` asks for one more once the last
    is locked, for what was decided since; it needs a reason, and is built when another person has consented. Raise
    Forbidden, and Invalid for a month whose cut-off day is not over.
    """
    if not actor.has(REVIEWER):
        raise Forbidden()
    if not types:
        raise Invalid("没有可以发放的救助类型。")
    month, any_time = dates.parse_month(month), set(types) <= once
    check_month(month, any_time)
    earlier = list(batches.collection().find({"scope": scope, "month": month}, {"state": 1, "n": 1}, sort=[("n", ASCENDING)]))
    live = [batch for batch in earlier if batch["state"] != ABORTED]
    if live and not ((supplement or any_time) and live[-1]["state"] not in OPEN):
        return wake(batches.get(live[-1]["_id"]), actor)
    check_open(month)
    supplement = bool(live) and not any_time
    if supplement and not reason.strip():
        raise Invalid("请写明为什么要编补充批次。")
    n, now = (earlier[-1]["n"] + 1 if earlier else 1), dates.now()
    state = PROPOSED if supplement else BUILDING
    batch = {
        "_id": f"{scope}:{month}" + (f":{n}" if n > 1 else ""), "scope": scope, "month": month, "n": n,
        "supplement": supplement, "again": any_time and bool(live),
        "types": sorted(types), "names": types, "runs": {key: runs_of(key, month) for key in types},
        "known": {key: now if supplement or key in once else timetable.cutoff(month).isoformat() for key in types},
        "state": state, "rev": 1, "makers": [actor.id], "built_by": actor.name, "created": now, "job": "",
        "roster": None, "totals": None, "seal": None, "variance": None, "adjustments": [], "files": {},
        "history": [batches.entry(actor, "build", "提出补充批次" if supplement else "编制", "", state, reason.strip()[:500])],
    }  # fmt: skip
    try:
        batches.collection().insert_one(batch)
        audit.log("payment", batch=batch["_id"], action="propose" if supplement else "build")
    except DuplicateKeyError:
        batch = batches.get(batch["_id"])
    return wake(batch, actor)


def check_month(month: str, any_time: bool):
    """Raise Invalid for a month whose list cannot be built yet."""
    today = dates.today()
    if any_time and month > dates.month_of(today):
        raise Invalid(f"{month} 还没有到，不能编制发放名册。")
    if not any_time and timetable.cutoff(month) >= today:
        raise Invalid(f"{month} 的截止日是 {timetable.cutoff(month)}，过了这一天才能编制发放名册。")


def is_shut(month: str) -> bool:
    """Tell whether a month takes nothing more."""
    return any(shut(month) for shut in SHUT.values())


def check_open(month: str):
    """Raise Invalid for a month that is closed: its figures do not move any more."""
    if is_shut(month):
        raise Invalid(f"{month} 已经月结，不能再加名册。漏发的列入下月名册补发；确需补在本月的，先重开月结。")


def runs_of(type_key: str, month: str) -> dict[str, str]:
    """Return {month: cut-off day} of the earlier lists that paid the type: what was decided later is arrears.

    Months in which the program paid no list of the type were paid elsewhere.
    """
    query, found = {"types": type_key, "month": {"$lt": month}, "state": {"$ne": ABORTED}}, {}
    for batch in batches.collection().find(query, {"month": 1, f"known.{type_key}": 1}):
        known = batch["known"][type_key]
        day = known if isinstance(known, str) else dates.day_of(known).isoformat()
        found[batch["month"]] = min(day, found.get(batch["month"], day))
    return found


def wake(batch: dict, actor: Actor) -> dict:
    """Start the job of a batch that is being built, unless one is under way; return the batch."""
    if batch["state"] != BUILDING or jobs.unfinished(batch["job"]):
        return batch
    jobs.start_again(batches.collection(), batch, BUILD, f"编制 {batches.title_of(batch)}", {"batch": batch["_id"]}, actor)
    return batches.get(batch["_id"])


def start_seal(batch_id: str, rev: int, actor: Actor) -> str:
    """Start the job that locks a draft as it stands at `rev`; return the job's id."""
    batch = batches.get(batch_id)
    if not actor.has(REVIEWER):
        raise Forbidden()
    if batch["state"] != DRAFT or batch["rev"] != rev:
        raise Conflict()
    check_open(batch["month"])
    job_id = jobs.start(SEAL, f"锁定 {batches.title_of(batch)}", {"batch": batch_id, "rev": rev}, actor)
    batches.collection().update_one({"_id": batch_id, "rev": rev}, {"$set": {"job": job_id}})
    return job_id
