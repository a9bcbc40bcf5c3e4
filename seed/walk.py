"""Walks a case through the engine in memory: real actions, guards, effects, clocks and events, stored in bulk later.

What the engine draws at random (ids of records, rows and events) follows here from the seed, and the register of awards
is the household's own, kept in memory: so the same seed gives the same documents, thousands of times faster than by
single writes.
"""

import hashlib
from datetime import date, datetime, time, timedelta

from bson import ObjectId
from mongoengine import DateTimeField, DictField, EmbeddedDocumentField, ListField

from adminapp import awards, contents, dates
from adminapp.awards import deaths
from adminapp.cases import fill_envelope, values_of
from adminapp.changes.redecide import Basis
from adminapp.declaration.model import ReliefType
from adminapp.fields import KINDS
from adminapp.scope import Actor
from adminapp.verification import requests
from adminapp.workflow import deadlines, events, transition
from adminapp.workflow.machine import ACTIONS
from adminapp.workflow.transition import Move
from schemas.case import CaseBase

OPENS, CLOSES = 8 * 60 + 30, 16 * 60


class SeedMove(Move):
    """A move of the demo: it asks the household's register and queues under keys that follow from the seed."""

    walk: "Walk"
    recused = None
    """Nobody of the demo handles a relative; `seed/related.py` files the officials when all cases stand."""

    delegations = ()

    def match(self):
        pass

    def officials(self):
        return self.walk.officials

    def _values(self, on):
        register = awards.Register(self.case, on, self.walk.awards, dates.now())
        return values_of(self.case, self.relief_type, standards=self.standards, on=on, awards=register)

    def token(self):
        return self.walk.token(16)

    @property
    def award(self):
        return self.walk.award

    def stored(self):
        return self.case.document()

    def basis(self):
        return SeedBasis(self)


class SeedBasis(Basis):
    """What the award was decided on, from memory."""

    def __init__(self, move):
        self.registry, self.walk = move.walk, move.walk
        self.cases = {move.case.pk: move.stored()}
        self.rows = {row["_id"]: row for row in move.walk.decisions}

    def content(self, case, digest, published):
        now = contents.of_document(case, published.relief_type)
        if contents.digest_of(now) == digest:
            return now
        return (self.walk.contents.get(digest) or {}).get("content")

    def register(self, case, on):
        return awards.Register(case, on, self.walk.awards, dates.now())


class PlainCase:
    """A case as actions see it, without what a mongoengine document costs at every touch. Rows of tables are dicts."""

    records_of, last_record = CaseBase.records_of, CaseBase.last_record

    def __init__(self, published, values: dict, token, **envelope):
        self._model, self._relief_type = published.model, published.relief_type
        for name, field in CaseBase._fields.items():
            setattr(self, name, field.default() if callable(field.default) else field.default)
        vars(self).update({"updated": dates.now()} | envelope)
        for declared in self._relief_type.fields.values():
            value = values.get(declared.id)
            if declared.fields:
                value = [{"row": token(8), **row} for row in value or ()]
            setattr(self, declared.stored, value)

    @property
    def pk(self):
        return self.id

    def stored_values(self, names) -> dict:
        found = ((name, getattr(self, name, None)) for name in names)
        return {name: _stored(self._model._fields[name], value) for name, value in found if value is not None}

    def restore(self, values: dict):
        for declared in self._relief_type.fields.values():
            if declared.stored in values:
                value = values[declared.stored]
                setattr(self, declared.stored, None if value is None else KINDS[declared.kind].from_store(value, declared))

    def move_to(self, township, village):
        self.township, self.village = township, village

    def document(self) -> dict:
        """Return the case as the document class of its type stores it."""
        found = {"_id": self.id}
        for name, field in self._model._fields.items():
            value = _stored(field, getattr(self, name, None))
            if value is not None and name != "id":
                found[name] = value
        return found


def _stored(field, value):
    if isinstance(field, ListField):
        if isinstance(field.field, EmbeddedDocumentField):
            return [_row(field.field.document_type._fields, row) for row in value or ()]
        return list(value or ())
    if value is None or isinstance(field, (DictField, DateTimeField)):
        return datetime(value.year, value.month, value.day) if type(value) is date else value
    return field.to_mongo(value)


def _row(fields, row):
    values = ((name, _stored(field, row.get(name))) for name, field in fields.items())
    return {name: value for name, value in values if value is not None}


def quick_take(move: Move, key: str) -> dict:
    """Do what `take` does with an action known to be legal: no guards, and no new envelope, as no field changes.

    The tests build the same county both ways and compare.
    """
    assert move.case.state in ACTIONS[key].source, (move.case.number, key, move.case.state)
    return transition.change(move, key)


class Walk:
    """One case. `rows` are the awards of the household so far; the walk adds its own. `checked` asks every guard."""

    def __init__(self, published, standards, ident: str, random, rows: list[dict], checked: bool = True):
        self.published, self.standards, self.ident, self.random, self.awards = published, standards, ident, random, rows
        self.take = transition.take if checked else quick_take
        self.case, self.events, self.spells, self.deadlines, self._drawn = None, [], [], [], 0
        self.decisions, self.contents, self.deaths, self.requests = [], {}, [], []
        self._moment, self.officials = None, {"first": None, "deputies": []}
        self.elsewhere = frozenset()
        """ID numbers of those of the household who apply for something else too."""

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

        `files` is called with the move and returns the papers, which depend on the values.
        """
        with dates.frozen(self.moment(on)):
            stamp = int(dates.now().timestamp())
            self.case = PlainCase(
                self.published,
                values,
                self.token,
                id=ObjectId(stamp.to_bytes(4) + bytes.fromhex(self.token(16))),
                number=number,
                type=self.published.key,
                schema_version=self.published.version,
                township=township,
                village=village,
                state="draft",
                state_since=on,
                created_by=actor.id,
                applied_on=on,
            )
            move = self.move(actor, on)
            fill_envelope(self.case, self.relief_type, move.values)
            self.case.files = files(move)
            self._log(
                events.entry(
                    actor,
                    "open",
                    "登记申请",
                    "",
                    "draft",
                    {"type": self.published.key, "version": self.published.version},
                )
            )
        return self

    def act(self, actor: Actor, action: str, data: dict, on: date, decision: dict | None = None):
        """Take an action as `actor`; what the engine refuses fails here. `decision` is that of the day, if known."""
        with dates.frozen(self.moment(on)):
            move = self.move(actor, on, data, ACTIONS[action].driven)
            if decision:
                move.__dict__["_decision"] = decision
            entry = self.take(move, action)
            self._log(entry)
            self._follow_request(action, data, actor)
            self.case.rev += 1
            self.case.updated = dates.now()

    def finish(self):
        """Bring what is computed from the day (ages) to the day of the last action, as every `take` does."""
        if self.take is quick_take:
            with dates.frozen(self._moment):
                fill_envelope(self.case, self.relief_type)

    def decision_on(self, actor: Actor, on: date) -> dict:
        """Return eligibility and amount as they would be on a day."""
        with dates.frozen(on):
            return self.move(actor, on).compute()

    def asked(self, actor: Actor, action: str, data: dict, on: date) -> Move:
        """Return a move that asks what an action would bring on a day."""
        move = self.move(actor, on, data)
        move.key = action
        return move

    def move(self, actor: Actor, on: date, data: dict | None = None, driver: str = "") -> Move:
        move = SeedMove(self.case, self.published, actor, self.standards, data or {}, on, driver=driver)
        move.walk = self
        return move

    def _log(self, entry):
        case = self.case
        outbox, case.outbox = case.outbox, []
        case.event_seq += 1
        for item in outbox:
            getattr(self, f"_carry_{item['kind']}")(item)
        row = {
            **entry,
            "seq": case.event_seq,
            "case": case.pk,
            "number": case.number,
            "township": case.township,
            "key": self.token(16),
            "prev": self.events[-1]["h"] if self.events else "",
        }
        row["h"] = events.digest(row)
        row["_id"] = ObjectId(int(dates.now().timestamp()).to_bytes(4) + bytes.fromhex(row["h"][:16]))
        self.events.append(row)

    def _carry_deadline(self, item):
        about = {name: getattr(self.case, name) for name in deadlines.ABOUT}
        self.deadlines.append(deadlines.row_of({"_id": self.case.pk, **about}, item["key"], item["data"]))

    def _carry_account(self, item):
        """Leave the account to `bank.adoption`, which registers all of them at once."""

    def _carry_award(self, item):
        """Do what `awards.apply` does, on the rows in memory; `spells` keeps how they stood from each day on."""
        key, data = item["key"], item["data"]
        if "about" in data:
            self.awards.append(awards.blank(self.case.pk, data["about"]))
        place = self.awards.index(self.award)
        self.awards[place] = awards.applied(self.award, key, data)
        self.spells.append((dates.today(), self.award["spells"]))

    def _carry_decision(self, item):
        self.decisions.append({"_id": item["key"], **item["data"]})

    def _carry_verification(self, item):
        about = {name: getattr(self.case, name) for name in requests.ENVELOPE}
        self.requests.append(requests.row_of({"_id": self.case.pk, **about}, item))

    def _follow_request(self, action, data, actor):
        """Bring the request for verification to where the county's steps on the case bring it (verification/reporting.py)."""
        if action == "send_verification":
            self.requests[-1] |= {"state": requests.SENT, "batch": data["batch"], "due": None}
        elif action == "report_verification":
            told = {"results": data["kinds"], "result": data["result"], "summary": data["summary"]}
            self.requests[-1] |= told | {"state": requests.REPORTED, "reported_on": data["date"].isoformat(), "reported_by": actor.name}

    def _carry_content(self, item):
        self.contents[item["data"]["digest"]] = item["data"]

    def _carry_death(self, item):
        data = item["data"]
        row = deaths.row_of(date.fromisoformat(data["on"]), data["source"], self.case.pk, data["by"])
        self.deaths.append({"_id": data["key"], **row})

    def get(self, key, version):
        """Return a published version, as the registry does: a walk knows that of its case."""
        return self.published

    @property
    def award(self) -> dict | None:
        return next((row for row in self.awards if row["_id"] == self.case.pk), None)
