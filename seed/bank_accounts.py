"""The register of accounts in the demo (虚构): adopted from the cases, looked at where several are paid to one, and with the
history that the bank's answers gave some of them."""

from datetime import date, datetime, time

from adminapp import database, dates
from adminapp.bank import accounts, adoption, reasons
from adminapp.payments import lines
from adminapp.scope import Actor
from seed.staff import Staff

NOTE = "核对银行卡原件和户口簿，系共同生活成员或监护人代领"
PUT_RIGHT_AFTER = 22
"""Working days after the bank's answer, so that one list is made before."""
PUT_RIGHT = "已到银行办理，核对新回单"


def fill(engine, staff: Staff, listed_until: date):
    """Register all accounts. Those whose awards were on a list by `listed_until` were verified before, the others wait."""
    adoption.adopt(engine.registry)
    reviewer = staff.of("county_reviewer", "")
    for row in list(database.raw(accounts.COLLECTION).find({"waiting": True}, {"_id": 1, "uses": 1})):
        if min(use["on"] for use in row["uses"]) < listed_until.isoformat():
            with dates.frozen(_morning(date.fromisoformat(max(use["on"] for use in row["uses"])))):
                accounts.change(row["_id"], lambda account: _verified(account, reviewer, NOTE, "seed:first"), key="seed:first")


def follow_answers(staff: Staff):
    """Let accounts fall as the bank's answers say, and rise again where the money was sent once more."""
    query = {"state": {"$in": [lines.FAILED, lines.REISSUED]}}
    shown = {"award": 1, "account": 1, "events": 1, "state": 1, "batch": 1}
    reviewer = staff.of("county_reviewer", "")
    for line in list(database.raw(lines.COLLECTION).find(query, shown, sort=[("_id", 1)])):
        told = line["events"][0]
        reason = reasons.get(told["reason"])
        account = accounts.of_cases([line["award"]]).get(line["award"])
        if account is None or not reason.account or not accounts.is_same(account["number"], line["account"]):
            continue
        key = f"{told['file'][:24]}:{told['row']}"
        with dates.frozen(told["at"]):
            note = accounts.step(told["by"], "", "return", "银行退回", reason.label, key)
            fallen = {"state": reason.account, "since": dates.today().isoformat()}
            accounts.change(
                account["_id"], lambda found, note=note, fallen=fallen: found | fallen | {"history": [*found["history"], note]}, key=key
            )
        if database.raw(lines.COLLECTION).find_one({"reissues": line["_id"], "state": {"$ne": lines.HELD}}, {"_id": 1}):
            right = f"{key}:right"
            with dates.frozen(_morning(dates.add_workdays(dates.day_of(told["at"]), PUT_RIGHT_AFTER))):
                accounts.change(account["_id"], lambda found, key=right: _verified(found, reviewer, PUT_RIGHT, key), key=right)


def _verified(account: dict, actor: Actor, note: str, key: str) -> dict:
    today = dates.today().isoformat()
    uses = [use if use["verified"] else use | {"verified": today, "verified_by": actor.id} for use in account["uses"]]
    history = [*account["history"], accounts.step(actor.id, actor.name, "verify", "核实通过", note, key)]
    return account | {"state": accounts.VERIFIED, "since": today, "uses": uses, "history": history}


def _morning(day: date):
    return datetime.combine(day, time(9, 30), dates.SHANGHAI)
