"""The steps people take with a recovery: an arrangement and a write-off are proposed by one and confirmed by another,
money that came back is entered with its receipt.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pymongo.errors import DuplicateKeyError

from adminapp import audit, dates
from adminapp.errors import Forbidden, Invalid
from adminapp.ledger import recovery
from adminapp.money import format_yuan, parse_yuan
from adminapp.policy import APPROVER, CLERK, DEPUTY, FINANCE, HEAD, REVIEWER
from adminapp.related import recusal
from adminapp.scope import Actor


def agree(row: dict, actor: Actor, rev: int, reason: str, way: str = "", monthly: str = "", from_month: str = "", heard: str = "") -> dict:
    """Propose how it comes back: `monthly` fen from a month on, kept back from lists or paid in; `heard` is the day of the talk."""
    problems = [] if way in recovery.WAYS else ["请选择归还方式。"]
    amount, month, day = (_read(problems, *each) for each in ((_amount, monthly), (dates.parse_month, from_month), (dates.parse_date, heard)))
    if amount is not None and amount > row["open"]:
        problems.append(f"每月归还不能超过未归还的 {format_yuan(row['open'])} 元。")
    if day and day > dates.today():
        problems.append("告知并听取意见的日期不能晚于今天。")
    if month and month < dates.month_of(dates.today()):
        problems.append("开始年月不能早于本月。")
    if problems:
        raise Invalid(problems)
    asked = {"kind": "agreement", "way": way, "monthly": amount, "from_month": month, "heard": day.isoformat()}
    return _propose(row, actor, rev, asked, reason)


def write_off(row: dict, actor: Actor, rev: int, reason: str, amount: str = "") -> dict:
    """Propose to give up an amount that cannot be recovered."""
    fen = _amount(amount)
    if fen > row["open"]:
        raise Invalid(f"核销不能超过未归还的 {format_yuan(row['open'])} 元。")
    if not reason.strip():
        raise Invalid("请写明为什么不能追回。")
    return _propose(row, actor, rev, {"kind": "write_off", "amount": fen}, reason)


def _propose(row, actor, rev, asked, reason):
    about = {"by": actor.id, "by_name": actor.name, "on": dates.today().isoformat(), "reason": reason.strip()[:300]}
    return recovery.change(row, rev, {"pending": asked | about})


def confirm(row: dict, actor: Actor, rev: int, reason: str) -> dict:
    """Confirm what another person proposed."""
    pending = row["pending"]
    if actor.id == pending["by"]:
        raise Forbidden("拟办人不能自己确认")
    entry = _entry(row, actor, reason or pending["reason"]) | {"proposed_by": pending["by"], "proposed_name": pending["by_name"]}
    if pending["kind"] == "agreement":
        terms = {name: pending[name] for name in ("way", "monthly", "from_month", "heard")}
        agreement = terms | {"key": entry["key"], "on": entry["on"], "overpaid": row["overpaid"]}
        return recovery.change(row, rev, {"pending": None, "agreement": agreement}, entry | {"kind": "agreement"} | terms)
    if pending["amount"] > row["open"]:
        raise Invalid(f"未归还的只剩 {format_yuan(row['open'])} 元，请退回后重新拟定。")
    return recovery.change(row, rev, {"pending": None}, entry | {"kind": "write_off", "written": pending["amount"]})


def reject(row: dict, actor: Actor, rev: int, reason: str) -> dict:
    """Send back what was proposed, or take it back."""
    if not reason.strip():
        raise Invalid("请填写退回理由。")
    return recovery.change(row, rev, {"pending": None}, _entry(row, actor, reason) | {"kind": "reject"})


def deposit(row: dict, actor: Actor, rev: int, reason: str, amount: str = "", date: str = "", receipt: str = "") -> dict:
    """Enter money that came back, under the number of its receipt: each receipt counts once in the county."""
    fen, day, number = _amount(amount), dates.parse_date(date), receipt.strip()
    if not number or len(number) > 40:
        raise Invalid("请填写缴款凭证号（不超过 40 个字）。")
    if day > dates.today():
        raise Invalid("缴款日期不能晚于今天。")
    if fen > row["open"]:
        raise Invalid(f"未归还的只有 {format_yuan(row['open'])} 元，缴款金额不能超过它。")
    entry = _entry(row, actor, reason) | {"kind": "deposit", "returned": fen, "date": day.isoformat(), "receipt": number}
    if number in row.get("receipts", ()):
        raise Invalid(f"凭证 {number} 已登记过。")
    try:
        return recovery.change(row, rev, {}, entry)
    except DuplicateKeyError as error:
        raise Invalid(f"凭证 {number} 已登记在另一件。") from error


def _read(problems, read, text):
    """Return what a text says, None with one more problem when it cannot be read."""
    try:
        return read(text)
    except Invalid as error:
        problems.append(str(error))


def _amount(text):
    fen = parse_yuan(text)
    if fen <= 0:
        raise Invalid("金额要大于 0。")
    return fen


def _entry(row, actor, reason):
    """Return what every entry says; its key is its place, so the same write twice would be refused by `rev`."""
    return {"key": f"{len(row['entries']) + 1}", "on": dates.today().isoformat(), "at": dates.now(), "by": actor.id, "by_name": actor.name,
            "reason": reason.strip()[:300]}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A step with who may take it, when, and what it asks besides a reason."""

    label: str
    function: Callable
    roles: frozenset[str]
    fits: Callable[[dict], bool]
    hint: str
    asks: tuple[str, ...] = ()
    reason: str = "optional"
    other: bool = False
    """Never by who proposed it."""


def _pending(kind):
    return lambda row: bool(row["pending"]) and row["pending"]["kind"] == kind


def _free(row):
    return row["open"] > 0 and not row["pending"]


STEPS = {
    "agree": Step("拟定还款安排", agree, frozenset({CLERK, DEPUTY, REVIEWER}), _free,
                  "先告知当事人多发的月份和金额，听取意见，再约定怎样归还。", ("way", "monthly", "from_month", "heard")),
    "deposit": Step("登记缴款", deposit, frozenset({CLERK, REVIEWER, FINANCE}), lambda row: row["open"] > 0,
                    "当事人缴回的款项，按缴款凭证登记。", ("amount", "date", "receipt")),
    "write_off": Step("拟核销", write_off, frozenset({DEPUTY, HEAD, REVIEWER}), _free,
                      "确实不能追回的，报县民政局审批后核销。", ("amount",), "required"),
    "confirm_agreement": Step("确认还款安排", confirm, frozenset({HEAD, APPROVER}), _pending("agreement"), "由另一人确认后执行。", other=True),
    "confirm_write_off": Step("批准核销", confirm, frozenset({APPROVER}), _pending("write_off"), "核销后不再追缴。", other=True),
    "reject": Step("退回", reject, frozenset({CLERK, DEPUTY, HEAD, REVIEWER, APPROVER}), lambda row: bool(row["pending"]),
                   "退回后可以重新拟定。", (), "required"),
}  # fmt: skip


def offered(row: dict, actor: Actor) -> dict[str, Step]:
    """Return the steps the person may take with a recovery as it stands."""
    return {
        key: step for key, step in STEPS.items()
        if actor.has(*step.roles) and step.fits(row) and not (step.other and row["pending"]["by"] == actor.id)
    }  # fmt: skip


def take(key: str, row: dict, actor: Actor, rev: int, reason: str, **asked) -> dict:
    """Take a step and log it. Raise Forbidden for who may not or is a near relative, Invalid with what is wrong, Conflict when it moved on."""
    if key not in offered(row, actor):
        raise Forbidden
    recusal.refuse_cases(actor, [row["_id"]])
    after = STEPS[key].function(row, actor, rev, reason, **asked)
    audit.log("payment", award=str(row["_id"]), action=f"recovery {key}")
    return after

