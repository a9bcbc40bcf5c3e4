"""Where an action is taken that another document drives: the village's posting, an objection. The case page leads there."""

from flask import url_for

from adminapp import dates, policy
from adminapp.objections import register as objections
from adminapp.postings import register as postings


def address(case, key: str, actor) -> str | None:
    """Return where the action is taken for this case; None when there is nothing to lead to, or not for this person."""
    endpoint, values = TARGETS.get(key, _nowhere)(case) or (None, None)
    return url_for(endpoint, **values) if endpoint and policy.permits(endpoint, actor.roles) else None


def _nowhere(case):
    """Some have their place on the other document alone, as posting again."""


def _posting(case):
    running = next((item for item in postings.of_case(case.pk) if item["state"] in postings.RUNNING), None)
    return ("postings.show", {"posting_id": running["_id"]}) if running else None


def _post(case):
    return _posting(case) or ("postings.create", {"village": case.village, "case": str(case.pk)})


def _object(case):
    running = next((item for item in postings.of_case(case.pk) if postings.is_up(item, dates.today())), None)
    return ("objections.create", {"posting_id": running["_id"], "case": str(case.pk)}) if running else None


def _answer(case):
    held = objections.open_of_case(case.pk)
    return ("objections.show", {"objection_id": held[0]["_id"]}) if held else None


TARGETS = {"post": _post, "end_posting": _posting, "object": _object, "answer_objection": _answer}
