"""Tokens of the demo county: of the provincial platform, and one that was taken back. Nobody knows their secrets."""

from adminapp import database
from adminapp.api import tokens
from adminapp.policy import CLERK, REVIEWER
from adminapp.scope import Actor


def fill(admin: Actor, township: str):
    """Issue them when there are none yet."""
    if database.raw(tokens.COLLECTION).find_one({}, {"_id": 1}):
        return
    tokens.issue("省社会救助平台（虚构）", REVIEWER, [], 365, False, admin)
    tokens.issue("一门式窗口系统（虚构）", CLERK, [township], 180, False, admin)
    old, _text = tokens.issue("旧窗口系统（虚构）", CLERK, [township], 30, False, admin)
    tokens.revoke(old["_id"])
