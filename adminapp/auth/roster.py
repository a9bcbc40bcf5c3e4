"""Accounts of a whole county from one table: a workbook that names what is lacking, and takes in who is to do it.

All or nothing: one bad row and no account is made, so that nobody has to find out which rows of a file were taken.
A row without a name is a post that nobody holds yet; it waits for the next file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from adminapp import divisions, policy, readiness
from adminapp.auth import accounts, passwords, users
from adminapp.errors import Conflict, Invalid
from adminapp.pinyin import spell
from adminapp.tabular import layouts, read_table

LAYOUT = "accounts"
MOST = 500
"""Accounts of one file: a county has about a hundred people, and each password costs a tenth of a second to hash."""
SHORT = {
    policy.SYSADMIN: "sysadmin", policy.POLICY_ADMIN: "policy", policy.REVIEWER: "reviewer", policy.APPROVER: "approver",
    policy.FINANCE: "finance", policy.AUDITOR: "auditor", policy.CLERK: "clerk", policy.DEPUTY: "deputy", policy.HEAD: "head",
    policy.ASSISTANT: "assistant",
}  # fmt: skip
"""How a username that the workbook proposes begins."""


@dataclass(frozen=True)
class New:
    """An account to be made, and the password that its slip will show."""

    username: str
    name: str
    roles: tuple[str, ...]
    townships: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    password: str = field(default="", repr=False)

    @property
    def role_labels(self) -> list[str]:
        return [policy.ROLES[role] for role in self.roles]

    @property
    def place(self) -> str:
        return "、".join(divisions.name_of(code) for code in self.townships)


@dataclass(frozen=True)
class Roster:
    """What a file holds: accounts to be made, (row, sentence) of what is wrong, and how many rows have no name yet."""

    new: list[New]
    problems: list[tuple[int, str]]
    unnamed: int


def proposed() -> list[dict]:
    """Return a row of the workbook for each post that readiness finds without anybody: role, township, and a free username."""
    taken, rows = {user.username for user in users.all_users()}, []
    for role, township in readiness.vacant():
        name = divisions.name_of(township)
        # A township is called by its name without 镇 or 乡, as its people call it.
        username = SHORT[role] + (f".{spell(name[:-1])}" if township else "")
        while username in taken:
            username += "2"
        taken.add(username)
        rows.append({"username": username, "name": "", "role": policy.ROLES[role], "township": name, "villages": ""})
    return rows


def read(data: bytes) -> Roster:
    """Return what a file of accounts holds. Raise Invalid for what is no table of accounts."""
    layout = layouts()[LAYOUT].with_options(role=policy.ROLES)
    new, problems, unnamed, seen = [], [], 0, {user.username: 0 for user in users.all_users()}
    for row in layout.read(read_table(data)):
        if not row.problems and not row.values["name"]:
            unnamed += 1
            continue
        problems += [(row.number, sentence) for _place, sentence in row.problems]
        try:
            account = None if row.problems else _account(row.values)
        except Invalid as error:
            problems.append((row.number, str(error)))
            continue
        if account is None:
            continue
        if account.username in seen:
            earlier = seen[account.username]
            problems.append((row.number, f"用户名“{account.username}”" + (f"与第 {earlier} 行重复" if earlier else "已存在，请换一个，或删去这一行")))
            continue
        seen[account.username] = row.number
        new.append(account)
    if len(new) > MOST:
        raise Invalid(f"一次最多建立 {MOST} 个账户，请分成几个文件。")
    if not new and not problems:
        raise Invalid("表里没有填写姓名的行，没有可以建立的账户。")
    return Roster(new, problems, unnamed)


def create(new: Iterable[New]) -> tuple[list[New], list[New]]:
    """Store the accounts and return (made, those that somebody else made meanwhile); each must change its password at the first login."""
    made, late = [], []
    for each in new:
        try:
            accounts.create_user(each.username, each.name, each.roles, each.townships, each.villages, each.password)
        except Conflict:
            late.append(each)
        else:
            made.append(each)
    return made, late


def _account(values):
    """Return the account of a row. Raise Invalid."""
    username = users.check_username(values["username"])
    townships = [_found(values["township"], divisions.TOWNSHIP, None)] if values["township"] else []
    names = (values["villages"] or "").replace("，", "、").replace(",", "、").split("、")
    villages = [_found(name.strip(), divisions.VILLAGE, townships[0] if townships else None) for name in names if name.strip()]
    roles, townships, villages = users.check_rights([values["role"]], townships, villages, divisions)
    return New(username, values["name"], tuple(roles), tuple(townships), tuple(villages), passwords.make())


def _found(name, length, township):
    """Return the code of a place in use by its name or code. Raise Invalid."""
    if divisions.exists(name):
        codes = [name]
    else:
        codes = [one.code for one in divisions.find(name, township) if divisions.exists(one.code)]
    codes = [code for code in codes if len(code) == length]
    if len(codes) != 1:
        kind = "乡镇" if length == divisions.TOWNSHIP else "村（社区）"
        raise Invalid(f"没有叫“{name}”的{kind}，请照区划表的全称填写" if not codes else f"叫“{name}”的{kind}不止一个，请填区划代码")
    return codes[0]
