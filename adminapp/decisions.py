"""Every decision that gave an award its amount, kept for ever: what was computed, under which version and standards, on
which content. Recomputing one years later gives the same fen.

``{_id, case, number, type, version, township, village, month, on, at, by, by_name, cause, decision, content, digest}``;
`decision` is the result of `adminapp.decision.decide`, `content` the digest of the values it was made from
(adminapp/contents.py), `digest` is over all of it and stands in the event of the action too.
"""

from datetime import date
from fractions import Fraction

from adminapp import awards, contents, database, indexes
from adminapp.cases import fill_people, values_of
from adminapp.decision import decide
from adminapp.errors import Invalid
from adminapp.workflow.digests import digest

COLLECTION = "decisions"
indexes.declare(COLLECTION, "case", ["case", "month"])


def row_of(case, decision: dict, month: str, cause: str, actor, at, content: str) -> dict:
    """Return the row of a decision that holds from `month`; `content` is the digest of what it was made from."""
    row = {
        "case": case.pk, "number": case.number, "type": case.type, "version": decision["version"], "township": case.township,
        "village": case.village, "month": month, "on": decision["on"], "at": at, "by": actor.id, "by_name": actor.name, "cause": cause,
        "decision": decision, "content": content,
    }  # fmt: skip
    return row | {"digest": digest(row)}


def carry(case: dict, item: dict):
    """Store a queued decision under the key of its outbox entry."""
    database.raw(COLLECTION).update_one({"_id": item["key"]}, {"$setOnInsert": item["data"]}, upsert=True)


def get(decision_id: str) -> dict | None:
    return database.raw(COLLECTION).find_one({"_id": decision_id})


def of_case(case_id) -> dict[str, dict]:
    """Return {id: decision} of a case, oldest first. Who may read the case may read them."""
    return {row["_id"]: row for row in database.raw(COLLECTION).find({"case": case_id}, sort=[("month", 1), ("at", 1)])}


def recompute(row: dict, registry) -> dict:
    """Return the decision made anew from its stored content, its version and the standards it used.

    Raise Invalid when the row or its content was changed or is lost.
    """
    if digest({key: value for key, value in row.items() if key not in ("_id", "digest")}) != row["digest"]:
        raise Invalid(f"{row['number']}：{row['on']} 的决定被改动")
    published = registry.get(row["type"], row["version"])
    content = contents.of(row["case"], row["content"], published)
    if content is None:
        raise Invalid(f"{row['number']}：{row['on']} 的决定所依据的内容已不存在")
    case = published.model._from_son({**content, "_id": row["case"], "township": row["township"], "village": row["village"]})
    fill_people(case, published.relief_type)
    on = date.fromisoformat(row["on"])
    register = awards.Register(case, on, known=row["at"])
    used = UsedStandards(row["decision"]["standards"])
    return decide(published.relief_type, row["version"], values_of(case, published.relief_type, standards=used, on=on, awards=register))


class UsedStandards:
    """The figures a decision used, as it stored them: a table that was corrected since changes nothing here."""

    def __init__(self, entries):
        self._entries = {entry["key"]: entry for entry in entries}

    def entry(self, key, on) -> dict:
        if key not in self._entries:
            raise Invalid(f"决定中没有用到标准“{key}”")
        entry = self._entries[key]
        return {**entry, "unit": "money" if entry.get("money") else "", "from": date.fromisoformat(entry["from"]), "value": self.value(key, on)}

    def value(self, key, on) -> int | Fraction:
        value = Fraction(self._entries[key]["value"])
        return value.numerator if value.denominator == 1 else value
