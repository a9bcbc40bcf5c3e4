"""The blueprint of awards, and how their states and causes are shown."""

from flask import Blueprint
from flask_babel import gettext as _

from adminapp.awards import spells
from adminapp.awards.entries import CAUSES

blueprint = Blueprint("awards", __name__, url_prefix="/awards")


def state_pill(state: str) -> dict:
    label = _("未开始") if state == spells.PENDING else _(spells.STATES[state])
    return {"text": label, "tone": spells.TONES.get(state, "wait")}


def cause_of(key: str) -> str:
    return _(CAUSES.get(key, key))


def months_of(spell: dict) -> str:
    if spell["to"] is None:
        return _("%(month)s 起", month=spell["from"])
    return spell["from"] if spell["from"] == spell["to"] else f"{spell['from']} — {spell['to']}"
