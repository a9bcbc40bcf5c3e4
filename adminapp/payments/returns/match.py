"""Finds the transfer each row of a return file speaks of, and what the row says became of it."""

from collections import defaultdict
from dataclasses import dataclass

from adminapp.bank.cells import Problem
from adminapp.bank.profile import BankProfile
from adminapp.bank.reading import Parsed
from adminapp.bank.reasons import UNKNOWN
from adminapp.money import format_yuan
from adminapp.payments.lines import FAILED, PAID, PARTIAL, RETURNED, STATES

COMPARED = {"name": "户名", "account": "账号", "amount": "金额", "summary": "摘要", "id_number": "身份证号"}
TARGETS = {"failed": FAILED, "returned": RETURNED}
ALL = "全行"


@dataclass(frozen=True)
class Told:
    """What a row says: `to` is a state of lines, `paid` the fen that were credited."""

    row: int
    transfer: dict
    to: str
    paid: int
    code: str = ""
    reason: str = ""


def match(profile: BankProfile, parsed: Parsed, transfers: list[dict]) -> tuple[list[Told], list[Problem]]:
    """Return what the rows say, and a problem for each row or total that cannot be true. Any problem blocks the file."""
    form, problems = profile.returns, list(parsed.problems)
    finder, told, seen = _Finder(form, transfers), [], {}
    for row in parsed.rows:
        transfer, fault = finder.find(row)
        if fault:
            problems.append(fault)
            continue
        first = seen.setdefault(transfer["reference"], row["row"])
        if first != row["row"]:
            problems.append(Problem(row["row"], ALL, f"与第 {first} 行说的是同一笔"))
            continue
        said = _told(form, row, transfer)
        (problems if isinstance(said, Problem) else told).append(said)
    problems += _totals(form, parsed, told)
    return told, sorted(problems, key=lambda problem: problem.row)


class _Finder:
    def __init__(self, form, transfers):
        self.form = form
        self.exact = {tuple(item[name] for name in form.match): item for item in transfers}
        self.by_account = defaultdict(list)
        for item in transfers:
            self.by_account[item["account"]].append(item)

    def find(self, row):
        """Return (transfer, None) or (None, Problem)."""
        found = self.exact.get(tuple(_plain(row.get(name)) for name in self.form.match))
        if found is not None:
            return found, _altered(row, found)
        near = [item for item in self.by_account.get(row.get("account"), ()) if item["name"] == row.get("name")]
        near = near or self.by_account.get(row.get("account"), [])
        if len(near) == 1:
            return None, _altered(row, near[0]) or Problem(row["row"], ALL, "与送银行的明细对不上")
        who = f"“{row.get('name') or ''}”尾号 {str(row.get('account') or '')[-4:]}"
        return None, Problem(row["row"], ALL, f"{who} 不在送银行的名册中")


def _plain(value):
    return "" if value is None else value


def _altered(row, transfer):
    """Return a problem when a row names the transfer but says something else of it."""
    for name, label in COMPARED.items():
        if name not in row or row[name] is None or row[name] == transfer[name]:
            continue
        if name == "amount":
            return Problem(row["row"], label, f"送银行时为 {format_yuan(transfer[name])} 元，回盘为 {format_yuan(row[name])} 元")
        if name in ("account", "id_number"):
            return Problem(row["row"], label, f"与送银行时不同（“{transfer['name']}”应为尾号 {transfer[name][-4:]}）")
        return Problem(row["row"], label, f"送银行时为“{transfer[name]}”，回盘为“{row[name]}”")
    return None


def _told(form, row, transfer):
    """Return Told, or a Problem when mark and amount contradict each other."""
    amount, paid, code = transfer["amount"], row.get("paid"), str(row.get("code") or "")
    number = row["row"]
    if paid is not None and not 0 <= paid <= amount:
        return Problem(number, "实发金额", f"应发 {format_yuan(amount)} 元，回盘实发 {format_yuan(paid)} 元")
    if not form.codes:
        return Told(number, transfer, *_by_amount(paid, amount), reason="" if paid == amount else UNKNOWN)
    meaning = next((item for item in form.codes if item.code == code), None)
    if meaning is None:
        known = "、".join(item.code for item in form.codes)
        return Problem(number, "处理标志", f"“{code}”没有约定含义，约定的有：{known}")
    if meaning.outcome == "paid":
        paid = amount if paid is None else paid
        if not paid:
            return Problem(number, "实发金额", f"标志“{code}”为成功，实发金额却是 0")
        return Told(number, transfer, *_by_amount(paid, amount), code, "" if paid == amount else UNKNOWN)
    if paid:
        return Problem(number, "实发金额", f"标志“{code}”为失败，实发金额却是 {format_yuan(paid)} 元")
    return Told(number, transfer, TARGETS[meaning.outcome], 0, code, meaning.reason)


def _by_amount(paid, amount):
    if paid == amount:
        return PAID, paid
    return (PARTIAL, paid) if paid else (FAILED, 0)


def _totals(form, parsed, told):
    """Yield a problem for each figure of the total line that the rows do not add up to."""
    credited = [said for said in told if said.paid]
    sums = {
        "count": parsed.count,
        "total": sum(row["amount"] for row in parsed.rows if "amount" in row),
        "paid_count": len(credited),
        "paid_total": sum(said.paid for said in credited),
        "failed_count": parsed.count - len(credited),
        "failed_total": sum(said.transfer["amount"] - said.paid for said in told),
    }
    for column in form.total:
        given = parsed.total.get(column.source)
        if column.source and given is not None and given != sums[column.source]:
            show = format_yuan if column.kind == "amount" else str
            yield Problem(0, f"合计行 {column.title}", f"为 {show(given)}，各行相加为 {show(sums[column.source])}")


def allot(parts: list[dict], to: str, paid: int) -> dict[str, tuple[str, int]]:
    """Return {line id: (state, fen credited)} of a transfer's lines: what was credited, shared out in their order.

    `parts` are the lines with `_id` and `amount`. When only a part came, what takes off (set-off, correction) counts as
    done first, so the shares add up to what was credited.
    """
    if to != PARTIAL:
        return {part["_id"]: (to, part["amount"] if to == PAID else 0) for part in parts}
    rest, shares = paid - sum(part["amount"] for part in parts if part["amount"] < 0), {}
    for part in parts:
        if part["amount"] < 0:
            shares[part["_id"]] = (PAID, part["amount"])
            continue
        share = min(rest, part["amount"])
        rest -= share
        shares[part["_id"]] = (PAID if share == part["amount"] else PARTIAL if share else FAILED, share)
    return shares


def step(line: dict, to: str, paid: int) -> str | None:
    """Tell what a line does with what the bank says: "" nothing new, "go" it changes, or a sentence why it cannot.

    Known before counts by what the bank said last, so that a line already paid again is not touched by an old answer.
    """
    last = next((event for event in reversed(line.get("events") or ()) if "paid" in event and "line" not in event), None)
    if last is None:
        return "go" if line["state"] == "SENT" else f"状态为“{STATES[line['state']]}”，不能登记回盘"
    if (last["to"], last["paid"]) == (to, paid):
        return ""
    if last["to"] == PAID and to in (RETURNED, FAILED) and line["state"] == PAID:
        return "go"  # credited first and bounced later
    return f"以前的回盘为“{STATES[last['to']]}”，这次为“{STATES[to]}”"
