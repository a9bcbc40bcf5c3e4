"""Every decision that gave an award its amount, kept for ever: what was computed, under which version and standards, on
which content. Recomputing one years later gives the same fen.

``{_id, case, number, type, version, township, village, month, on, at, by, by_name, cause, decision, content, digest}``;
`decision` is the result of `adminapp.decision.decide`, `content` the digest of the values it was made from
(adminapp/contents.py), `digest` is over all of it and stands in the event of the action too.
"""

from datetime import date
from fractions import Fraction

from adminapp import awards, contents, database, divisions, indexes
from adminapp.cases import people_of
from adminapp.decision import decide
from adminapp.errors import Invalid
from adminapp.stored import StoredCase, stored_values
from adminapp.workflow.digests import digest

COLLECTION = "decisions"
indexes.declare(COLLECTION, "case", ["case", "month"])


def row_of(case, decision: dict, month: str, cause: str, actor, at, content: str, village: str) -> dict:
    """Return the row of a decision that holds from `month`; `content` is the digest of what it was made from."""
    row = {
        "case": case.pk, "number": case.number, "type": case.type, "version": decision["version"],
        "township": divisions.township_of(village), "village": village, "month": month, "on": decision["on"],
        "at": at, "by": actor.id, "by_name": actor.name, "cause": cause, "decision": decision, "content": content,
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


class Recomputer:
    """Makes decisions anew from their stored content, version and standards. `table` only says what is money and what not."""

    def __init__(self, registry, table):
        self.registry, self.used = registry, UsedStandards(table)

    def recompute(self, row: dict) -> dict:
        """Return the decision made anew. Raise Invalid when the row or its content was changed or is lost."""
        if digest({key: value for key, value in row.items() if key not in ("_id", "digest")}) != row["digest"]:
            raise Invalid(f"{row['number']}：{row['on']} 的决定被改动")
        published = self.registry.get(row["type"], row["version"])
        content = contents.of(row["case"], row["content"], published)
        if content is None:
            raise Invalid(f"{row['number']}：{row['on']} 的决定所依据的内容已不存在")
        self.used.take(row["decision"]["standards"])
        on = date.fromisoformat(row["on"])
        case = {**content, "_id": row["case"], "township": row["township"], "village": row["village"]}
        values = stored_values(case, published.relief_type, standards=self.used, on=on)
        people = StoredCase({"_id": row["case"], "people": list(people_of(values))})
        values.evaluator.awards = awards.Register(people, on, known=row["at"])
        return decide(published.relief_type, row["version"], values)


class UsedStandards:
    """The figures one decision used, as it stored them: a table that was corrected since changes nothing here."""

    def __init__(self, table):
        self._types, self._entries = table.types(), {}

    def take(self, entries):
        self._entries = {entry["key"]: entry for entry in entries}

    def types(self) -> dict[str, str]:
        return self._types

    def entry(self, key, on) -> dict:
        value, entry = self.value(key, on), self._entries[key]
        return {**entry, "unit": self._types.get(key, ""), "from": date.fromisoformat(entry["from"]), "value": value}

    def value(self, key, on) -> int | Fraction:
        if key not in self._entries:
            raise Invalid(f"决定中没有用到标准“{key}”")
        value = Fraction(self._entries[key]["value"])
        return value.numerator if value.denominator == 1 else value
