"""A case: the envelope that every relief type shares, in one collection. Declared fields come from the compiler."""

import mongoengine as me

from adminapp import dates, indexes
from adminapp.scope import ScopedDatabase


class TypeQuerySet(me.QuerySet):
    """Adds the class's own type where mongoengine would put `_cls`, so that a class only meets its own cases."""

    def __init__(self, document, collection):
        super().__init__(document, collection)
        declared = getattr(document, "declared", None)
        if declared is not None:
            self._cls_query = {"type": declared.key}


class Person(me.EmbeddedDocument):
    """Somebody on the case. `key` is the keyed index of the ID number, never the number."""

    key = me.StringField()
    name = me.StringField()
    relation = me.StringField()


class CaseFile(me.EmbeddedDocument):
    """One attachment; its bytes lie in GridFS under `id` and are served only through the case.

    `record` is the id of the stage record it proves, when it came with an action.
    """

    meta = {"strict": False}
    id = me.StringField(required=True)
    document = me.StringField()
    record = me.StringField()
    name = me.StringField()
    size = me.IntField()
    type = me.StringField()
    digest = me.StringField()
    by = me.StringField()
    at = me.DateTimeField()


class CaseBase(me.Document):
    """The envelope: typed, indexed, scoped. Only what stands here is scoped, searched and sorted (docs/architecture.md)."""

    meta = {"abstract": True, "collection": "cases", "strict": False, "auto_create_index": False, "queryset_class": TypeQuerySet}

    number = me.StringField()
    type = me.StringField()
    schema_version = me.IntField()
    rev = me.IntField(default=0)
    township = me.StringField()
    village = me.StringField()
    state = me.StringField(default="draft")
    state_since = me.DateField()
    name = me.StringField()
    people = me.ListField(me.DictField())
    terms = me.ListField(me.StringField())
    sounds = me.ListField(me.StringField())
    facets = me.ListField(me.StringField())
    files = me.ListField(me.EmbeddedDocumentField(CaseFile))
    records = me.ListField(me.DictField())
    clocks = me.ListField(me.DictField())
    due = me.DateField()
    escalated = me.IntField(default=0)
    flags = me.ListField(me.StringField())
    relations = me.ListField(me.DictField())
    decision = me.DictField()
    amount = me.LongField()
    start_month = me.StringField()
    applied_on = me.DateField()
    accepted_on = me.DateField()
    decided_on = me.DateField()
    created_by = me.StringField()
    accepted_by = me.StringField()
    opinion_by = me.StringField()
    confirmed_by = me.StringField()
    owner = me.StringField()
    county_owner = me.StringField()
    responsible = me.DictField()
    hands = me.ListField(me.StringField())
    pending = me.DictField()
    previous = me.ObjectIdField()
    successor = me.ObjectIdField()
    outbox = me.ListField(me.DictField())
    event_seq = me.IntField(default=0)
    created = me.DateTimeField(default=dates.now)
    updated = me.DateTimeField(default=dates.now)

    @classmethod
    def _get_db(cls):
        return ScopedDatabase(super()._get_db())

    @classmethod
    def _get_collection(cls):
        # mongoengine would keep the first collection for ever; a process that connects anew must not use the closed one.
        return cls._get_db()[cls._get_collection_name()]

    def stored_values(self, names) -> dict:
        """Return {name: value as stored} of these fields; blank ones are left out."""
        found = ((name, getattr(self, name, None)) for name in names)
        return {name: self._fields[name].to_mongo(value) for name, value in found if value is not None}

    def move_to(self, township: str, village: str):
        """Put the case into another village; both are written, since the scope judges them together."""
        self.township, self.village = township, village
        for name in ("township", "village"):
            self._mark_as_changed(name)

    def restore(self, values: dict):
        """Set fields from values as stored."""
        read = type(self)._from_son({"_id": self.pk, **{name: value for name, value in values.items() if value is not None}})
        for name in values:
            setattr(self, name, getattr(read, name))

    def records_of(self, kind):
        """Return the stage records of a kind, oldest first."""
        return [record for record in self.records if record["kind"] == kind]

    def last_record(self, kind):
        return next(iter(self.records_of(kind)[::-1]), None)


class AnyCase(CaseBase):
    """Cases of every type, read by their envelope: work lists, search, dashboards, payment runs."""

    meta = {"collection": "cases"}


# Lists: newest first within scope; the county has no township in its filter, so each order stands with and without it.
for _name, _keys in {
    "recent": ["-_id"],
    "state": ["state", "-_id"],
    "facets": ["facets", "-_id"],
    "applied": ["applied_on", "_id"],
    "amount": ["amount", "_id"],
    "due": ["due", "_id"],
}.items():
    indexes.declare("cases", f"type_{_name}", ["type", *_keys])
    indexes.declare("cases", f"township_type_{_name}", ["township", "type", *_keys])
indexes.declare("cases", "number", ["number"], unique=True)
indexes.declare("cases", "people", ["people.key"])
# Search: the type stands behind, so that a rare type is picked out of many equal words without opening a case.
indexes.declare("cases", "township_terms", ["township", "terms", "type"])
indexes.declare("cases", "terms", ["terms", "type"])
indexes.declare("cases", "sounds", ["sounds", "township"])
indexes.declare("cases", "village", ["village", "type", "-_id"])
# Work lists: the type is filtered, and townships are counted, without opening a case.
indexes.declare("cases", "work_township", ["township", "state", "due", "type"])
indexes.declare("cases", "hands", ["hands", "state", "due"])
# Start pages: what moved since yesterday.
indexes.declare("cases", "township_moved", ["township", "state_since", "state"])
indexes.declare("cases", "moved", ["state_since", "state"])
indexes.declare("cases", "work", ["state", "due", "type", "township"])
