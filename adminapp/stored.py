"""Cases as they lie in the database, for work over thousands of them: no document objects, nothing opened that nobody reads.

`StoredCase` gives what a case document gives by name; `stored_values` what `cases.values_of` gives. Both agree (test).
"""

from collections.abc import Mapping
from datetime import datetime

from adminapp.cases import CaseValues, envelope_values
from adminapp.fields import KINDS


class StoredCase:
    """The envelope of a raw case document by attribute; days are dates. What the document lacks is None."""

    def __init__(self, row: dict):
        self.row = row

    @property
    def pk(self):
        return self.row["_id"]

    id = pk

    @property
    def people(self):
        return self.row.get("people") or []

    def __getattr__(self, name):
        value = self.row.get(name)
        return value.date() if isinstance(value, datetime) and name in DAYS else value


DAYS = {"state_since", "due", "applied_on", "accepted_on", "decided_on"}
"""Names of the envelope that are days: MongoDB has no date without a time."""


class StoredRaw(Mapping):
    """Plain values by field id of a raw document, each made plain when asked for."""

    def __init__(self, row: dict, relief_type, replaced: Mapping | None = None):
        self.row, self.relief_type, self._known = row, relief_type, dict(replaced or {})

    def __getitem__(self, name):
        if name not in self._known:
            field = self.relief_type.fields[name]
            if field.kind == "attachment":
                self._known[name] = [item["id"] for item in self.row.get("files") or () if item.get("document") == name]
            else:
                value = self.row.get(field.stored)
                self._known[name] = None if value is None else KINDS[field.kind].from_store(value, field)
        return self._known[name]

    def __contains__(self, name):
        return name in self.relief_type.fields

    def __iter__(self):
        return iter(self.relief_type.fields)

    def __len__(self):
        return len(self.relief_type.fields)


def stored_values(row: dict, relief_type, replaced: Mapping | None = None, **context) -> CaseValues:
    """Return the values of a raw case document under a declaration; `context` is standards, on, awards for the evaluator.

    `replaced` are plain values in place of what is stored: what a recipe makes of them.
    """
    return CaseValues(relief_type, StoredRaw(row, relief_type, replaced), envelope_values(StoredCase(row)), **context)
