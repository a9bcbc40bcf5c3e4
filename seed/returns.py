"""What the invented bank (虚构) answered to the demo's lists: a few transfers fail each month and are paid again later.

The answer is a real file in the form of a shipped profile, kept as `adminapp.payments.returns` keeps what is uploaded.
"""

import hashlib
from datetime import datetime
from random import Random

from adminapp import sealing
from adminapp.bank import profiles
from adminapp.payments import batches, lines, transfers
from adminapp.payments.returns import apply, check, match, model
from seed.bank import text_of

PROFILE = "csv_failures@1"
SHARE = 0.01
"""Of the transfers of a month fail."""
CODES = ("系统原因", "系统原因", "系统原因", "已销户", "户名不符", "久悬户", "冻结")


def fate(award_id, month: str) -> str:
    """Return the bank's mark for an award's transfer in a month, "" when it was credited."""
    random = Random(f"bank:{award_id}:{month}")
    return random.choice(CODES) if random.random() < SHARE else ""


BLOCKED = {"已销户": "收款账户已销户", "户名不符": "收款账户核实不通过", "久悬户": "收款账户冻结", "冻结": "收款账户冻结"}
"""Why lists hold an award's lines until its account is put right, which takes until the second list."""


def hold(code: str, waited: int) -> str:
    """Return why the list made `waited` months after a failed transfer holds the award's lines, "" when it pays."""
    return BLOCKED.get(code, "") if waited < 2 else ""


class Answer:
    """The bank's answer to one list: which transfers failed, and the file that says so."""

    def __init__(self, batch_id: str, month: str, rows: list[dict], names: dict[str, str], at: datetime, by: str, alone):
        """`rows` are the rows of the list with their line ids; `names` those of the types; `alone` tells of which accounts
        it is certain that only one award is paid there."""
        self.batch, self.at, self.by = batch_id, at, by
        self.form = profiles.get(PROFILE).profile.returns
        self.told, self.rows = {}, []
        grouped = {}
        for row in sorted(rows, key=lambda row: (row["township"], row["village"], row["_id"])):
            grouped.setdefault(row["award"], []).append(row)
        for serial, (award, mine) in enumerate(grouped.items(), 1):
            if (code := fate(award, month)) and mine[0]["account"] in alone:
                self._fail(month, serial, mine, code, names)
        self.content = text_of(self.form, self.rows)
        self.digest = hashlib.new("sm3", self.content).hexdigest()

    def _fail(self, month, serial, mine, code, names):
        first = mine[0]
        self.rows.append({
            "reference": transfers.reference({"month": month, "n": 1}, serial), "name": first["payee"] or first["name"],
            "account": sealing.unseal(first["account"], "bank_account"), "amount": sum(row["amount"] for row in mine),
            "summary": transfers.summary_of(names[first["type"]]), "paid": 0, "code": code, "lines": [row["_id"] for row in mine],
            "award": first["award"],
        })  # fmt: skip
        self.told |= {row["_id"]: (len(self.rows), code) for row in mine}

    def told_line(self, line: dict) -> dict:
        """Return a line of the list as it stands after the answer."""
        number, code = self.told.get(line["_id"], (0, ""))
        to = lines.FAILED if number else lines.PAID
        event = {
            "at": self.at, "by": self.by, "from": lines.SENT, "to": to, "paid": 0 if number else line["amount"], "code": code,
            "reason": self._reason(code), "file": self.digest, "row": number,
        }  # fmt: skip
        owed = {"queue": line["township"], "owed": line["award"]} if number else {}
        return line | {"state": to, "events": [event]} | owed

    def _reason(self, code):
        return next((item.reason for item in self.form.codes if item.code == code), "")

    def record(self, by_name: str, counted: list[dict]) -> dict:
        """Return the file's record (adminapp/payments/returns/model.py), applied; `counted` are the lines after it."""
        told = [
            match.Told(number, {"amount": row["amount"], "lines": row["lines"]}, lines.FAILED, 0, row["code"], self._reason(row["code"]))
            for number, row in enumerate(self.rows, 1)
        ]
        counts = check.tally(told, None, {}) | {"rows": len(self.rows), "missing": len(counted) - len(self.told)}
        results = {}
        for line in counted:
            apply.add_result(results, line)
        return {
            "_id": f"{self.batch}/{self.digest[:24]}", "batch": self.batch, "profile": PROFILE, "name": "代发失败清单.csv",
            "size": len(self.content), "digest": self.digest, "state": model.APPLIED, "rev": 4, "by": self.by, "by_name": by_name,
            "at": self.at, "counts": counts, "problems": [], "faults": 0, "applied_at": self.at, "chunks": 1 if self.rows else 0,
            "results": results,
        }  # fmt: skip

    def chunk(self) -> list[dict]:
        """Return the matched rows as they are kept."""
        if not self.rows:
            return []
        ident = f"{self.batch}/{self.digest[:24]}"
        rows = [
            {"row": number, "award": row["award"], "lines": row["lines"], "to": lines.FAILED, "paid": 0, "code": row["code"],
             "reason": self._reason(row["code"])}
            for number, row in enumerate(self.rows, 1)
        ]  # fmt: skip
        return [{"_id": f"{ident}/00000", "return": ident, "n": 0, "rows": rows}]


def take_in(batch: dict, record: dict, actor) -> dict:
    """Write on the batch that its answer was taken in (adminapp/payments/returns/apply.py)."""
    if batch.get("results") or batch["state"] != batches.SENT:
        return batch
    apply.claim(batch, record, actor)
    apply.release(batch, record, record["results"], actor)
    return batches.get(batch["_id"])
