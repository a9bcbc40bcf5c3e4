"""Transfers (代发行): what the bank is asked to do, one row for each award of a batch with all its amounts.

They are worked out from the sealed lines, in their order, so the bank's file and the match of its return file see the
same rows for ever. Their lines share what became of the row: see `returns`.
"""

from collections.abc import Iterable

SUMMARY = 5
"""Han characters a bank's summary column of 12 bytes holds, with room for a number."""


def of_batch(batch: dict, rows: Iterable[dict]) -> list[dict]:
    """Return the transfers of a batch; `rows` are its lines to be paid with open numbers (release.rows_of).

    Each has the keys of bank.profile.SOURCES, and `award`, `lines`: [line ids].
    """
    found = {}
    for row in rows:
        transfer = found.get(row["award"])
        if transfer is None:
            transfer = found[row["award"]] = _begin(batch, row)
        transfer["amount"] += row["amount"]
        transfer["lines"].append(row["_id"])
    transfers = list(found.values())
    _number_equals(transfers)
    for serial, transfer in enumerate(transfers, 1):
        transfer["reference"] = reference(batch, serial)
    return transfers


def reference(batch: dict, serial: int) -> str:
    """Return the number by which a row is known to us and the bank: month, batch of the month, place in it."""
    return f"{batch['month'].replace('-', '')}{batch['n']:02d}{serial:06d}"


def _begin(batch, row):
    return {
        "name": row.get("spelling") or row["payee"] or row["name"], "account": row["account"], "amount": 0, "id_number": payee_id(row),
        "summary": summary_of(row["type_name"]), "bank": row["bank"], "number": row["number"], "person": row["name"],
        "township": row["township_name"], "village": row["village_name"], "phone": row["phone"], "type": row["type_name"],
        "month": batch["month"], "locked_on": row["locked_on"], "award": row["award"], "lines": [],
    }  # fmt: skip


def payee_id(row: dict) -> str:
    """Return the payee's ID number, "" for a payee who is not the applicant: theirs is not known."""
    return row["id"] if row["payee"] in ("", row["name"]) else ""


def _number_equals(transfers):
    """Number the summaries of rows that are otherwise equal: the bank's return file tells rows apart by them."""
    seen = {}
    for row in transfers:
        key = row["name"], row["account"], row["amount"], row["summary"]
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            row["summary"] += str(seen[key])


def summary_of(name: str) -> str:
    """Return what the bank prints on the statement: the name of the type, or its first and last two characters.

    困难残疾人生活补贴 becomes 困难补贴: passbooks hold four to six characters (湘财乡〔2017〕8号 asks for four).
    """
    return name if len(name) <= SUMMARY else name[:2] + name[-2:]
