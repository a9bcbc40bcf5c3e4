"""The demo accounts (虚构): one person per role, so that everyone who tries the system can play every part.

They exist only in a demo database; `DEMO_PASSWORD` is public and must never open a real one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

from adminapp import divisions
from adminapp.pinyin import spell
from seed.names import HAN, MARK, MIAO, TUJIA, Namer

DEMO_PASSWORD = "Teacup-Ladder-58"

COUNTY_ACCOUNTS = {
    "sysadmin": "sysadmin",
    "policy": "policy_admin",
    "reviewer": "county_reviewer",
    "approver": "county_approver",
    "finance": "finance",
    "auditor": "auditor",
}
TOWNSHIP_ACCOUNTS = {
    "clerk": "township_clerk",
    "deputy": "township_deputy",
    "head": "township_head",
    "assistant": "village_assistant",
}
"""Username (of a township: its first half) and role."""

SECOND = {"policy2": "policy", "reviewer2": "reviewer", "clerk2.tuojiang": "clerk.tuojiang"}
"""A colleague in the same post, for what takes two: standing in while the other is away, visiting together."""

SMALL = ("433123109", "433123101")
"""沱江镇 and 廖家桥镇, the townships of the small demo."""

ASSISTED = 2
"""Villages an assistant looks after."""


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    """"reviewer", or "clerk.tuojiang"."""
    name: str
    """Invented, and says so: 龙清远（虚构）."""
    role: str
    township: str = ""
    villages: tuple[str, ...] = ()
    """Of a village assistant only."""
    note: str = MARK


def accounts(townships: Iterable[str] = SMALL) -> list[Account]:
    """Return the accounts of the county and of these townships, in this order."""
    county = [Account(username, _name(username), role) for username, role in COUNTY_ACCOUNTS.items()]
    found = county + [account for township in townships for account in _of_township(township)]
    first = {account.username: account for account in found}
    second = [replace(first[like], username=name, name=_name(name)) for name, like in SECOND.items() if like in first]
    return found + second


def all_accounts() -> list[Account]:
    """Return the accounts of the county and of every township."""
    return accounts(township.code for township in divisions.townships())


def _of_township(township: str) -> Iterable[Account]:
    place = spell(divisions.name_of(township)[:-1])  # without 镇 or 乡
    villages = tuple(village.code for village in divisions.villages(township)[:ASSISTED])
    for part, role in TOWNSHIP_ACCOUNTS.items():
        username = f"{part}.{place}"
        yield Account(username, _name(username), role, township, villages if role == "village_assistant" else ())


def _name(username: str) -> str:
    """Return the same invented name for the same username, whichever other accounts are made."""
    random = Random(username)
    namer = Namer(random)
    nation = random.choice((MIAO, TUJIA, HAN))
    return f"{namer.name(namer.surname(nation), random.choice(('male', 'female')), nation)}（{MARK}）"
