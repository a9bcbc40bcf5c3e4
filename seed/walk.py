"""Walks a case through the engine in memory: the real actions, guards, effects, clocks and events, stored in bulk later.

What the engine draws at random (ids of records, rows and events) follows here from the seed, and the register of awards
is the household's own, kept in memory: so the same seed gives the same documents, thousands of times faster than by
single writes.
"""

import hashlib
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from bson import ObjectId

from adminapp import awards, dates
from adminapp.cases import fill_envelope, values_of
from adminapp.declaration.model import ReliefType
from adminapp.formula.evaluator import MissingValue
from adminapp.scope import Actor
from adminapp.workflow import events
from adminapp.workflow.transition import Move, apply_values, take

OPENS, CLOSES = 8 * 60 + 30, 16 * 60


class HouseholdRegister(awards.Register):
    """The register over the awards of one household, as they stand in memory."""

    def __init__(self, case, on: date, rows: list[dict]):
        super().__init__(case, on)
        keys = {person["key"] for person in case.people if person.get("key")}
        self._held = [row for row in rows if keys & set(row["people"]) and row["_id"] != case.pk and self._current(row)]


class SeedMove(Move):
    """A move of the demo: it asks the household's register and queues under keys that follow from the seed."""

    walk: "Walk"

    def _values(self, on):
        register = HouseholdRegister(self.case, on, self.walk.awards)
        return values_of(self.case, self.relief_type, standards=self.standards, on=on, awards=register)

    def queue(self, kind: str, **data):
        self.case.outbox = [*self.case.outbox, {"key": self.walk.token(16), "kind": kind, "data": data}]


class Walk:
    """One case. `rows` are the awards of the household so far; the walk adds its own."""

    def __init__(self, published, standards, ident: str, random, rows: list[dict]):
        self.published, self.standards, self.ident, self.random, self.awards = published, standards, ident, random, rows
        self.case, self.events, self._drawn = None, [], 0
        self._moment = None

    @property
    def relief_type(self) -> ReliefType:
        return self.published.relief_type

    def token(self, digits: int) -> str:
        """Return the next hex digits of this case."""
        self._drawn += 1
        return hashlib.sha256(f"{self.ident}:{self._drawn}".encode()).hexdigest()[:digits]

    def moment(self, day: date) -> datetime:
        """Return a moment in office hours of the day, after the one before."""
        if self._moment and self._moment.date() == day:
            self._moment += timedelta(minutes=self.random.randint(3, 20), seconds=self.random.randint(0, 59))
        else:
            minutes = self.random.randint(OPENS, CLOSES)
            self._moment = datetime.combine(day, time(minutes // 60, minutes % 60), dates.SHANGHAI)
        return self._moment

    def open(self, actor: Actor, village: str, township: str, number: str, values: dict, files, on: date):
        """Make the draft (adminapp/workflow/opening.py) with these plain values.

        `files` is called with the walk and returns the papers, which depend on the values.
        """
        with dates.frozen(self.moment(on)):
            stamp = int(dates.now().timestamp())
            self.case = self.published.model(
                id=ObjectId(stamp.to_bytes(4) + bytes.fromhex(self.token(16))), number=number, type=self.published.key,
                schema_version=self.published.version, township=township, village=village, state="draft", state_since=on,
                created_by=actor.id, applied_on=on, event_seq=0,
            )  # fmt: skip
            apply_values(self.case, self.relief_type, values)
            self._name_rows()
            self.case.files = files(self)
            fill_envelope(self.case, self.relief_type, self._move(actor, {}, on).values)
            self._log(events.entry(actor, "open", "登记申请", "", "draft", {"type": self.published.key, "version": self.published.version}))
        return self

    def act(self, actor: Actor, action: str, data: dict, on: date):
        """Take an action as `actor`; what the engine refuses is refused here too."""
        with dates.frozen(self.moment(on)):
            count = len(self.case.records)
            entry = take(self._move(actor, data, on), action)
            for record in self.case.records[count:]:
                record["id"] = self.token(12)
            self._log(entry)
            self.case.rev += 1
            self.case.updated = dates.now()

    def move(self, actor: Actor, on: date) -> Move:
        """Return a move without data: to look at values, decision, steps."""
        return self._move(actor, {}, on)

    def decision_on(self, actor: Actor, on: date) -> dict | None:
        with dates.frozen(on), suppress(MissingValue):
            return self._move(actor, {}, on).compute()

    def _move(self, actor, data, on):
        move = SeedMove(self.case, self.published, actor, self.standards, data, on)
        move.walk = self
        return move

    def _name_rows(self):
        for declared in self.relief_type.fields.values():
            if declared.kind == "table":
                for row in getattr(self.case, declared.stored, None) or ():
                    row.row = self.token(8)

    def _log(self, entry):
        case = self.case
        outbox, case.outbox = case.outbox, []
        case.event_seq += 1
        for item in outbox:
            self._carry_award(item)
        row = {
            **entry, "seq": case.event_seq, "case": case.pk, "number": case.number, "township": case.township, "key": self.token(16),
            "prev": self.events[-1]["h"] if self.events else "",
        }  # fmt: skip
        row["h"] = events.digest(row)
        row["_id"] = ObjectId(int(dates.now().timestamp()).to_bytes(4) + bytes.fromhex(row["h"][:16]))
        self.events.append(row)

    def _carry_award(self, item):
        """What `awards.apply` does, on the rows in memory."""
        key, change = item["key"], item["data"]
        if change["change"] == "open":
            self.awards.append({"_id": self.case.pk, **awards._new(self.case.to_mongo(), key, change)})
            return
        award = next(row for row in self.awards if row["_id"] == self.case.pk)
        award["spells"] = awards.CHANGES[change["change"]](award["spells"], change, key)
        award["applied"].append(key)

    def document(self) -> dict:
        """Return the case as it is stored."""
        return self.case.to_mongo().to_dict()
