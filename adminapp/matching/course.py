"""What people do with a match: the township looks into it, another person of the county decides, and may lift it later."""

from adminapp import database, dates
from adminapp.awards import deaths
from adminapp.errors import Conflict, Forbidden, Invalid
from adminapp.matching import store
from adminapp.matching.lists import DEATH, match_lists
from adminapp.policy import APPROVER, CLERK, DEPUTY, REVIEWER
from adminapp.related import recusal
from adminapp.scope import Actor

CHECKERS, DECIDERS = (CLERK, DEPUTY), (REVIEWER, APPROVER)
SHORTEST, LONGEST = 4, 500
SOURCE = "match"


def check(row: dict, real: bool | None, note: str, actor: Actor) -> dict:
    """Tell what the township found out: whether it is true, and how that was seen. Raise Invalid, Forbidden, Conflict."""
    _need(row, actor, CHECKERS, store.OPEN, "核实")
    _told(real, note, "请选择是否属实", "请写明怎样核实的，例如“入户查看，本人健在”")
    due, clause = store.due_of(store.REVIEW, dates.today())
    verdict = _verdict(real, note, actor)
    return _change(row, actor, {"state": store.CHECKED, "checked": verdict, "due": due, "clause": clause}, "乡镇核实", real, note)


def decide(row: dict, real: bool | None, note: str, actor: Actor) -> dict:
    """Decide as a second person: true, and what the list says follows; or untrue, and nothing does."""
    _need(row, actor, DECIDERS, store.CHECKED, "复核")
    _second(row, actor)
    _told(real, note, "请选择复核结论", "请写明复核依据")
    state = store.CONFIRMED if real else store.DISMISSED
    changes = {"state": state, "decided": _verdict(real, note, actor), "following": True}
    return follow(_change(row, actor, changes, "县级复核", real, note))


def send_back(row: dict, note: str, actor: Actor) -> dict:
    """Have the township look into it once more."""
    _need(row, actor, DECIDERS, store.CHECKED, "复核")
    _told(True, note, "", "请写明还要核实什么")
    due, clause = store.due_of(store.ANSWER, dates.today())
    return _change(row, actor, {"state": store.OPEN, "checked": None, "due": due, "clause": clause}, "退回核实", None, note)


def lift(row: dict, note: str, actor: Actor) -> dict:
    """Take back what was confirmed: it was wrong after all, or is over. What was held is paid with the next list."""
    _need(row, actor, DECIDERS, store.SETTLED if _was_true(row) else store.CONFIRMED, "解除")
    _told(True, note, "", "请写明解除的原因和依据")
    return follow(_change(row, actor, {"state": store.LIFTED, "following": True}, "解除", None, note))


def follow(row: dict) -> dict:
    """Bring the death on record to what the match says now, and return the match. Safe to repeat.

    What is true stands with the day the office tells. What only this match recorded is taken back when it was found untrue
    or lifted, or when the office tells another day; one that merely comes up again stays until it is decided.
    """
    if match_lists()[row["list"]].records == DEATH:
        known, true = deaths.of([row["key"]]).get(row["key"]), row["state"] == store.CONFIRMED or _was_true(row)
        mine = bool(known) and known["source"] == SOURCE and known["case"] == row["case"]
        if mine and (known["on"] != row["on"] or not (true or row["state"] in store.WAITING)):
            deaths.revoke(row["key"])
        if true:
            deaths.record(row["key"], dates.parse_date(row["on"]), SOURCE, row["case"], row["decided"]["by"])
    if "following" in row:
        database.raw(store.COLLECTION).update_one({"_id": row["_id"], "rev": row["rev"]}, {"$unset": {"following": ""}})
    return {name: value for name, value in row.items() if name != "following"}


def may(row: dict, actor: Actor) -> str:
    """Return what the actor may do with a match now: check, decide, lift or nothing. Near relatives of the person do nothing."""
    deeds = {store.OPEN: ("check", CHECKERS), store.CHECKED: ("decide", DECIDERS), store.CONFIRMED: ("lift", DECIDERS)}
    deed, roles = ("lift", DECIDERS) if _was_true(row) else deeds.get(row["state"], ("", ()))
    own = deed == "decide" and row["checked"]["by"] == actor.id
    return deed if deed and actor.has(*roles) and not own and not recusal.bar(actor.id, people_of(row)) else ""


def people_of(row: dict) -> list[dict]:
    """Return everybody of the case: a relative of any of them keeps off."""
    case = database.raw("cases").find_one({"_id": row["case"]}, {"people": 1})
    return [*(case["people"] if case else ()), {"key": row["key"], "name": row["name"]}]


def _was_true(row):
    return row["state"] == store.SETTLED and bool(row["decided"]) and row["decided"]["real"]


def _need(row, actor, roles, state, what):
    if not actor.has(*roles) or not actor.reaches(row["township"], row["village"]):
        raise Forbidden()
    recusal.refuse(actor, people_of(row))
    if row["state"] != state:
        raise Invalid(f"这条比对结果{store.STATES[row['state']]}，不能再{what}。")


def _second(row, actor):
    if row["checked"]["by"] == actor.id:
        raise Forbidden("核实和复核要由两个人办理")


def _told(real, note, choose, write):
    problems = ([f"{choose}。"] if real is None else []) + ([f"{write}。"] if len(note.strip()) < SHORTEST else [])
    if problems:
        raise Invalid(problems)


def _verdict(real, note, actor):
    return {"real": real, "note": note.strip()[:LONGEST], "by": actor.id, "by_name": actor.name, "on": dates.today().isoformat()}


def _change(row, actor, changes, what, real, note):
    line = store.note(what, actor, real=real, note=note.strip()[:LONGEST])
    done = store.collection().update_one(
        {"_id": row["_id"], "rev": row["rev"]}, {"$set": {**changes, "rev": row["rev"] + 1}, "$push": {"history": line}}
    )
    if not done.matched_count:
        raise Conflict("这条比对结果刚刚有变动，请刷新后再办理。")
    return {**row, **changes, "rev": row["rev"] + 1}
