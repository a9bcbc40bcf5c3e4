"""The steps people take with an account: a second person verifies what another entered, or finds it wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from adminapp import audit, dates, sealing
from adminapp.bank import accounts
from adminapp.bank.accounts import CLOSED, FAILED, FROZEN, UNVERIFIED, VERIFIED
from adminapp.errors import Forbidden, Invalid, NotFound
from adminapp.policy import APPROVER, CLERK, DEPUTY, HEAD, REVIEWER
from adminapp.related import recusal
from adminapp.scope import Actor
from adminapp.text import HAN, narrow

VERIFIERS = frozenset({HEAD, DEPUTY, REVIEWER, APPROVER})
ASKERS = frozenset({CLERK, DEPUTY, HEAD, REVIEWER})
ENDED = (FAILED, FROZEN, CLOSED)


def get(ident: str) -> dict:
    """Return an account within the actor's scope. Raise NotFound."""
    account = accounts.collection().find_one({"_id": str(ident)})
    if account is None:
        raise NotFound()
    return account


def _taken_up(ident, actor) -> dict:
    """Return an account for a step of somebody who is near to nobody paid to it. Raise NotFound, Recused."""
    account = get(ident)
    recusal.refuse_cases(actor, [use["case"] for use in account["uses"]])
    return account


def verify(ident: str, actor: Actor, rev: int, note: str, typed: str) -> dict:
    """Vouch for an account and all its uses; `typed` is its number as read from the card or passbook.

    Raise Forbidden for who entered one of the uses, Invalid without a note or when another number was read.
    """
    account = _taken_up(ident, actor)
    if account["state"] not in (UNVERIFIED, VERIFIED):
        raise Invalid(f"账户状态为“{accounts.STATES[account['state']]}”，请先申请重新核实。")
    _check_second(account, actor)
    if not note.strip():
        raise Invalid("请写明怎样核实的，如“核对存折原件”。")
    if re.sub(r"\s", "", narrow(typed)) != sealing.unseal(account["number"], accounts.CONTEXT):
        raise Invalid("输入的账号与登记的不同。请对照存折或银行卡原件再输一遍；确实登记错的，选“核实不通过”。")

    def alter(found):
        today = dates.today().isoformat()
        uses = [use if use["verified"] else use | {"verified": today, "verified_by": actor.id} for use in found["uses"]]
        return _taken(found, actor, "verify", "核实通过", note, VERIFIED) | {"uses": uses}

    return _logged(accounts.change(account["_id"], alter, rev=rev), "verify")


def refuse(ident: str, actor: Actor, rev: int, note: str) -> dict:
    """Say that an account cannot be right: number and holder do not belong together, or it may not be shared."""
    account = _taken_up(ident, actor)
    _check_second(account, actor)
    return _end(account, actor, rev, FAILED, "refuse", "核实不通过", note)


def freeze(ident: str, actor: Actor, rev: int, note: str) -> dict:
    """Stop paying to an account for now."""
    account = _taken_up(ident, actor)
    if not actor.has(*VERIFIERS):
        raise Forbidden()
    return _end(account, actor, rev, FROZEN, "freeze", "停止使用", note)


def close(ident: str, actor: Actor, rev: int, note: str) -> dict:
    """Note that an account is closed for good."""
    account = _taken_up(ident, actor)
    if not actor.has(*VERIFIERS):
        raise Forbidden()
    return _end(account, actor, rev, CLOSED, "close", "登记销户", note)


def ask_again(ident: str, actor: Actor, rev: int, note: str, spelling: str = "") -> dict:
    """Ask a second person to look at an account again; who asks becomes the one who entered it.

    `spelling` is how the bank spells the holder's name when it lacks a rare character; it is verified with the account.
    """
    account, spelling = _taken_up(ident, actor), _spelling(spelling)
    if not actor.has(*ASKERS):
        raise Forbidden()
    if not note.strip():
        raise Invalid("请写明为什么重新核实，如“已到银行解除冻结”。")

    def alter(found):
        entered = {"by": actor.id, "by_name": actor.name, "on": dates.today().isoformat(), "verified": "", "verified_by": ""}
        uses = [use | entered for use in found["uses"]]
        return _taken(found, actor, "ask", "申请重新核实", note, UNVERIFIED) | {"uses": uses, "spelling": spelling}

    return _logged(accounts.change(account["_id"], alter, rev=rev), "ask")


def _spelling(text):
    text = "".join((text or "").split()).upper()
    if text and not re.fullmatch(f"[{HAN}·A-Z]{{1,40}}", text):
        raise Invalid("银行写法只能用汉字、字母和间隔号，如“李YAN”。")
    return text


def fall(award_id, number: str, state: str, label: str, key: str, by: str):
    """Let the account a case is paid to fall to a state because the bank said so; repeated under one key it does nothing.

    `number` is the sealed one the money was sent to: a case that has another account by now is left alone.
    """
    for account in accounts.of_cases([award_id]).values():
        if not accounts.is_same(account["number"], number):
            continue

        def alter(found):
            note = accounts.step(by, "", "return", "银行退回", label, key)
            return found | {"state": state, "since": dates.today().isoformat(), "history": [*found["history"], note]}

        accounts.change(account["_id"], alter, key=key)


def makers(account: dict) -> set[str]:
    """Return who entered what still waits for a second person."""
    waiting = [use for use in account["uses"] if not use["verified"]] or account["uses"]
    return {use["by"] for use in waiting}


@dataclass(frozen=True)
class Step:
    """A step people take with an account; `asks` are what it wants besides a note."""

    label: str
    function: Callable
    roles: frozenset[str]
    states: tuple[str, ...]
    hint: str
    asks: tuple[str, ...] = ()
    second: bool = False


STEPS = {
    "verify": Step("核实通过", verify, VERIFIERS, (UNVERIFIED, VERIFIED), "照存折或银行卡原件输入账号，程序与登记的比对。", ("typed",), True),
    "refuse": Step("核实不通过", refuse, VERIFIERS, (UNVERIFIED, VERIFIED), "以后编制名册时暂缓发放，直到更正。", (), True),
    "ask": Step("申请重新核实", ask_again, ASKERS, ENDED, "写明情况，由另一人核实。", ("spelling",)),
    "freeze": Step("停止使用", freeze, VERIFIERS, (UNVERIFIED, VERIFIED), "以后编制名册时暂缓发放。"),
    "close": Step("登记销户", close, VERIFIERS, (UNVERIFIED, VERIFIED, FROZEN, FAILED), "账户已经注销时登记。"),
}  # fmt: skip


def offered(account: dict, actor: Actor) -> dict[str, Step]:
    """Return the steps this person may take now, by key."""
    found = {key: step for key, step in STEPS.items() if account["state"] in step.states and actor.has(*step.roles)}
    if not account.get("waiting"):
        found.pop("verify", None)
    return {key: step for key, step in found.items() if not (step.second and actor.id in makers(account))}


def _check_second(account, actor):
    if not actor.has(*VERIFIERS):
        raise Forbidden()
    if actor.id in makers(account):
        raise Forbidden("登记人不能自己核实，请由另一人核实。")


def _end(account, actor, rev, state, action, label, note):
    if not note.strip():
        raise Invalid("请填写理由。")
    return _logged(accounts.change(account["_id"], lambda found: _taken(found, actor, action, label, note, state), rev=rev), action)


def _taken(account, actor, action, label, note, state):
    history = [*account["history"], accounts.step(actor.id, actor.name, action, label, note.strip()[:300])]
    since = dates.today().isoformat() if account["state"] != state else account["since"]
    return account | {"state": state, "since": since, "history": history}


def _logged(account, action):
    audit.log("account", account=account["_id"][:12], action=action, cases=[use["number"] for use in account["uses"]])
    return account
