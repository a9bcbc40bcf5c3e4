"""The register of payees' accounts (收款账户): one document for each account number, with the cases that are paid to it.

``{_id: keyed index of the number, number (sealed), holder, bank, spelling, state, rev, uses, flags, waiting, township,
village, history}``. UNVERIFIED → VERIFIED | FAILED, FROZEN, CLOSED. A use is ``{case, number, person, name, holder,
township, village, by, by_name, on, key, verified, verified_by}``: a case that is paid to the account, entered by one person
and verified by another. Money goes only to an account that is VERIFIED, for a use that is verified, under the holder's name.

`township` and `village` list the places of all uses, so that the scope of a person finds the accounts of their cases.
"""

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from adminapp import audit, database, dates, indexes, sealing
from adminapp.bank import reach
from adminapp.bank.flags import flags_of
from adminapp.errors import Conflict

COLLECTION = "bank_accounts"
indexes.declare(COLLECTION, "case", ["uses.case"])
indexes.declare(COLLECTION, "place", ["township", "state", "_id"])
indexes.declare(COLLECTION, "state", ["state", "_id"])
indexes.declare(COLLECTION, "waiting", ["waiting"], sparse=True)
audit.declare("account", "收款账户")

UNVERIFIED, VERIFIED, FAILED, FROZEN, CLOSED = "UNVERIFIED", "VERIFIED", "FAILED", "FROZEN", "CLOSED"
STATES = {UNVERIFIED: "待核实", VERIFIED: "已核实", FAILED: "核实不通过", FROZEN: "冻结", CLOSED: "已销户"}
TONES = {UNVERIFIED: "wait", VERIFIED: "good", FAILED: "bad", FROZEN: "bad", CLOSED: "bad"}
CONTEXT = "bank_account"
TRIES = 20


def collection():
    """Return the accounts within the actor's reach."""
    return reach.collection(COLLECTION)


def register(case: dict, data: dict, key: str):
    """Note that a case (raw) is paid to the account it names; safe to repeat under the same `key`.

    `data` says which stored fields hold account, holder and bank, who entered it (`asked_by`, `asked_by_name`) and which
    second person has checked it (`verified_by`, "" for nobody). Without a flag the second person's check is enough.
    """
    number = case.get(data["account"]) or ""
    if not number:
        return
    plain = sealing.unseal(number, CONTEXT)
    ident = sealing.key_of(plain)
    _leave(case["_id"], ident)
    for _ in range(TRIES):
        use = use_of(case, data, key)  # anew for each try: settling it marks it verified
        about = {"number": number, "holder": use["holder"], "bank": case.get(data["bank"]) or ""}
        account = database.raw(COLLECTION).find_one({"_id": ident})
        if account is None:
            made = document(ident, plain, about, [use], case, data)
            try:
                database.raw(COLLECTION).insert_one(made)
                return
            except DuplicateKeyError:
                continue
        mine = next((each for each in account["uses"] if each["case"] == case["_id"]), None)
        if mine and mine["key"] == key:
            return
        uses = [*(each for each in account["uses"] if each["case"] != case["_id"]), use]
        changed = account | {"uses": uses}
        if _write(account, settle(changed, plain, case, data)):
            return
    raise Conflict()


def use_of(case: dict, data: dict, key: str) -> dict:
    """Return the use of a case, not verified yet."""
    people = case.get("people") or [{"key": "", "name": ""}]
    return {
        "case": case["_id"], "number": case["number"], "person": people[0]["key"], "name": case.get("name") or people[0]["name"],
        "holder": case.get(data["holder"]) or case.get("name") or people[0]["name"], "members": [person["name"] for person in people],
        "township": case["township"], "village": case["village"], "by": data["asked_by"], "by_name": data.get("asked_by_name", ""),
        "on": data.get("on") or dates.today().isoformat(), "key": key, "verified": "", "verified_by": "",
    }  # fmt: skip


def document(ident, plain, about, uses, case, data) -> dict:
    """Return a new account with its first uses, verified when the second person's check is enough."""
    made = {
        "_id": ident, **about, "spelling": "", "state": UNVERIFIED, "since": dates.today().isoformat(), "rev": 0, "uses": uses,
        "flags": [], "waiting": True, "township": [], "village": [],
        "history": [step(data["asked_by"], data.get("asked_by_name", ""), "register", "登记", case["number"])],
    }  # fmt: skip
    return settle(made, plain, case, data)


def settle(account: dict, plain: str, case: dict, data: dict) -> dict:
    """Return the account with its flags worked out, and the case's use verified when a second person vouches for it."""
    account = with_flags(account, plain)
    second = data.get("verified_by") or ""
    mine = next(each for each in account["uses"] if each["case"] == case["_id"])
    sound = second and second != mine["by"] and not blocking(account, mine) and account["state"] in (UNVERIFIED, VERIFIED)
    if sound and mine["holder"] == account["holder"]:
        mine |= {"verified": mine["on"], "verified_by": second}
        if account["state"] == UNVERIFIED:
            account |= {"state": VERIFIED, "since": mine["on"]}
            note = step(second, data.get("verified_by_name", ""), "verify", "核实", f"{case['number']} 纳入发放时由确认人核实")
            account["history"] = [*account["history"], note]
    return with_waiting(account)


def with_flags(account: dict, plain: str) -> dict:
    """Return the account with flags and places as its uses make them."""
    places = {name: sorted({use[name] for use in account["uses"]}) for name in ("township", "village")}
    return account | places | {"flags": flags_of(account, plain)}


def with_waiting(account: dict) -> dict:
    """Return the account marked as waiting for a second person while it, or one of its uses, is not verified."""
    waits = account["state"] == UNVERIFIED or (
        account["state"] == VERIFIED and any(not use["verified"] for use in account["uses"])
    )
    return {key: value for key, value in account.items() if key != "waiting"} | ({"waiting": True} if waits and account["uses"] else {})


def blocking(account: dict, use: dict) -> list[str]:
    """Return the flags that keep a use from being verified on the nod: somebody has to look."""
    return [flag["key"] for flag in account["flags"] if not flag.get("case") or flag["case"] == use["case"]]


def step(by: str, by_name: str, action: str, label: str, reason: str = "", key: str = "") -> dict:
    """Return one step of an account's history."""
    return {"at": dates.now(), "actor": by, "actor_name": by_name, "action": action, "label": label, "reason": reason, "key": key}


def change(ident: str, alter, *, rev: int | None = None, key: str = "") -> dict | None:
    """Change an account by `alter(account) -> account` in one compare-and-set and return it.

    `rev` is what a person saw: Conflict when it moved on. Without it a step of the program is tried again; a `key` that
    stands in the history already changes nothing. None when there is no such account.
    """
    for _ in range(TRIES):
        account = database.raw(COLLECTION).find_one({"_id": ident})
        if account is None:
            return None
        if rev is not None and account["rev"] != rev:
            raise Conflict()
        if key and any(each.get("key") == key for each in account["history"]):
            return account
        after = with_waiting(with_flags(alter(dict(account)), sealing.unseal(account["number"], CONTEXT)))
        if stored := _write(account, after):
            return stored
        if rev is not None:
            raise Conflict()
    raise Conflict()


def _write(account, after):
    after = {key: value for key, value in after.items() if key != "_id"} | {"rev": account["rev"] + 1}
    table = database.raw(COLLECTION)
    return table.find_one_and_replace({"_id": account["_id"], "rev": account["rev"]}, after, return_document=ReturnDocument.AFTER)


def _leave(case_id, but):
    """Take a case out of the accounts it was paid to before."""
    for row in database.raw(COLLECTION).find({"uses.case": case_id, "_id": {"$ne": but}}, {"_id": 1}):
        def without(account):
            mine = next(use for use in account["uses"] if use["case"] == case_id)
            note = step(mine["by"], mine["by_name"], "leave", "不再使用", mine["number"])
            return account | {"uses": [use for use in account["uses"] if use["case"] != case_id], "history": [*account["history"], note]}

        change(row["_id"], without)


# What a payment list asks


def of_cases(case_ids: list) -> dict:
    """Return {case: its account} of many cases with one query."""
    found = {}
    for account in database.raw(COLLECTION).find({"uses.case": {"$in": case_ids}}, {"history": 0}, sort=[("_id", ASCENDING)]):
        for use in account["uses"]:
            found[use["case"]] = account
    return found


def refusal(account: dict | None, case_id, number: str, holder: str) -> str | None:
    """Return why no money may go to the account a case names (`number` sealed), None when it may."""
    if account is None:
        return "收款账户没有登记核实"
    if not is_same(account["number"], number):
        return "收款账户变更后没有登记核实"
    if account["state"] != VERIFIED:
        return {UNVERIFIED: "收款账户待第二人核实", FAILED: "收款账户核实不通过", FROZEN: "收款账户冻结", CLOSED: "收款账户已销户"}[account["state"]]
    use = next(use for use in account["uses"] if use["case"] == case_id)
    if not use["verified"]:
        return "多人共用的收款账户待第二人核实" if len({each["person"] for each in account["uses"]}) > 1 else "收款账户待第二人核实"
    if holder and holder != account["holder"]:
        return "户名与已核实的收款账户不符"
    return None


def is_same(sealed: str, other: str) -> bool:
    """Tell whether two sealed numbers are the same, also when they were sealed with different keys."""
    return sealed == other or sealing.unseal(sealed, CONTEXT) == sealing.unseal(other, CONTEXT)
