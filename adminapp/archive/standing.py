"""A case as it stood at the end of a day: values, state, decision, papers and log, from what is kept for ever.

Values are those of the day because every change of a submitted case keeps what it changes: an edit names the digest of
the content before it, a decision that of the content it was made from (adminapp/contents.py).
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from adminapp import awards, contents, dates, decisions
from adminapp.cases import fill_people
from adminapp.errors import NotFound
from adminapp.registry import Published
from adminapp.workflow import events

DAYS = ("applied_on", "accepted_on", "decided_on")


@dataclass(frozen=True)
class Standing:
    """`case` is a document in memory with the values of the day: never store it. `log` are its events, oldest first.

    `known` tells whether the values are certain to be those of the day; False only where a content is lost.
    """

    case: object
    published: Published
    day: date
    log: list[dict]
    decision: dict | None
    award: dict | None
    known: bool = True

    @property
    def relief_type(self):
        return self.published.relief_type

    @property
    def moment(self) -> datetime:
        return end_of(self.day)


def end_of(day: date) -> datetime:
    """Return the last moment of a day in China."""
    return datetime.combine(day, time.max, dates.SHANGHAI)


def stood(row: dict, registry, day: date | None = None) -> Standing:
    """Return how a case (raw document, within the actor's scope) stood at the end of `day`, today by default.

    Raise NotFound when there was nothing of it yet.
    """
    day = day or dates.today()
    moment = end_of(day)
    log = events.history(row["_id"])[::-1]
    told = [event for event in log if event["at"] <= moment]
    if log and not told:
        raise NotFound
    decided = decisions.of_case(row["_id"])
    published = registry.get(row["type"], row["schema_version"])
    content, version, known = content_at(row, log, decided.values(), moment, registry)
    if version != row["schema_version"]:
        published = registry.get(row["type"], version)
    case = published.model._from_son({**_envelope(row, published, told, decided.values(), moment, day), **content})
    fill_people(case, published.relief_type)
    award = awards.collection().find_one({"_id": row["_id"]})
    award = awards.as_known(award, moment) if award else None
    return Standing(case, published, day, told, case.decision or None, award if award and award["spells"] else None, known)


def content_at(row: dict, log, decided, moment, registry) -> tuple[dict, int, bool]:
    """Return (content, version, known) of a case at a moment.

    What was in force then is told by the first change after it: an edit says what it changed, a decision what it was made from.
    """
    edits = [event for event in log if event["action"] == "edit" and event["data"].get("content")]
    points = [(event["at"], "edit", event["data"]["content"], event["data"]["version"]) for event in edits]
    points += [(decision["at"], "decision", decision["content"], decision["version"]) for decision in decided]
    points.sort(key=lambda point: point[0])
    before = [point for point in points if point[0] <= moment]
    after = [point for point in points if point[0] > moment]
    if not after:
        published = registry.get(row["type"], row["schema_version"])
        return _present(row, published), row["schema_version"], True
    wanted = after[0]
    if wanted[1] == "decision" and before and before[-1][1] == "decision":
        wanted = before[-1]
    published = registry.get(row["type"], wanted[3])
    content = contents.of(row["_id"], wanted[2], published)
    if content is None:
        return _present(row, registry.get(row["type"], row["schema_version"])), row["schema_version"], False
    return content, wanted[3], True


def _present(row, published):
    names = (*contents.names(published.relief_type), *contents.ENVELOPE)
    return {name: row[name] for name in names if row.get(name) is not None}


def _envelope(row, published, told, decided, moment, day):
    """Return the case without declared values, its lists cut at the moment."""
    past = [decision for decision in decided if decision["at"] <= moment]
    decision = past[-1]["decision"] if past else row.get("decision") if _until(row.get("decided_on"), day) else None
    days = {name: row.get(name) for name in DAYS if _until(row.get(name), day)}
    return {
        **{name: value for name, value in row.items() if not name.startswith("x_") and name not in DAYS},
        **days,
        "state": told[-1]["to"] if told else row["state"],
        "decision": decision or {},
        "amount": decision["amount"] if decision else None,
        "start_month": row.get("start_month") if decision else None,
        "records": [record for record in row.get("records") or () if record["at"] <= moment],
        "files": [item for item in row.get("files") or () if not item.get("at") or item["at"] <= moment],
        "outbox": [],
    }


def _until(moment, day):
    return moment is not None and dates.day_of(moment) <= day
