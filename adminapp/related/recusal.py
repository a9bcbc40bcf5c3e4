"""Recusal (回避): an official does nothing in the case of a near relative, nor in one's own. One check for every route.

It is asked where a case is written (`workflow/transition.py`) and where more of it leaves than its page (files, notices,
full numbers). What it knows is the register; a name alone bars nobody.
"""

from adminapp import database
from adminapp.errors import Forbidden
from adminapp.related import register
from adminapp.related.kinship import SELF, kinship


class Recused(Forbidden):
    """The person is near to somebody of the case."""


def bar(account: str, people) -> str | None:
    """Return the sentence that keeps an account off these people ([{key, name}]), None when nothing does."""
    keys = [person["key"] for person in people if person.get("key")]
    if not keys:
        return None
    known = register.related_to(account)
    for key in keys:
        if key in known:
            relation, name = known[key]
            if relation == SELF:
                return "您本人在本件的申请家庭中，应当回避，请由其他人员办理（民发〔2021〕57号 第十一条）"
            label = kinship().label(relation)
            return f"您备案的近亲属{name}（{label}）在本件的申请家庭中，您应当回避，请由其他人员办理（民发〔2021〕57号 第十一条）"
    return None


def refuse(actor, people):
    """Raise Recused when the actor must keep off these people."""
    sentence = bar(actor.id, people)
    if sentence:
        raise Recused(sentence)


def refuse_cases(actor, case_ids):
    """Raise Recused when the actor must keep off one of these cases, whatever the actor's scope: for what stands beside a case (line, account, debt)."""
    found = database.raw("cases").find({"_id": {"$in": list(case_ids)}}, {"people": 1})
    refuse(actor, [person for case in found for person in case["people"]])


def related_keys(actor) -> frozenset[str]:
    """Return the ID keys of everybody whom the actor must keep off: for lists that check many people at once."""
    return frozenset(register.related_to(actor.id))
