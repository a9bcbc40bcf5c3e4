"""The table of standards as stored: replaced as a whole under a revision that every worker watches.

Every table stays as a row of its own, ``rev:<n>``, written once under its number; the row ``current`` is a copy of the
newest one, for one indexed read a request.
"""

from pymongo.errors import DuplicateKeyError

from adminapp import database, dates
from adminapp.errors import Conflict
from adminapp.standards import Standards

COLLECTION = "standards"
CURRENT = "current"


class StandardsStore:
    """The current table. `refresh` is one indexed read per request."""

    def __init__(self):
        self.rev = 0
        self.table = Standards()

    def refresh(self) -> Standards:
        row = database.raw(COLLECTION).find_one({"_id": CURRENT}, {"rev": 1})
        if row and row["rev"] != self.rev:
            row = database.raw(COLLECTION).find_one({"_id": CURRENT})
            self.table, self.rev = Standards.from_rows(row["rows"]), row["rev"]
        return self.table

    def at(self, rev: int) -> Standards:
        """Return the table of an earlier revision; an unknown one is empty, as the table was before the first."""
        row = database.raw(COLLECTION).find_one({"_id": f"rev:{rev}"})
        return Standards.from_rows(row["rows"]) if row else Standards()

    def released(self, release: str) -> int:
        """Return the revision that a release stored, 0 when it stored none."""
        row = database.raw(COLLECTION).find_one({"release": release, "_id": {"$ne": CURRENT}}, {"rev": 1})
        return row["rev"] if row else 0

    def replace(self, table: Standards, by: str, rev: int | None = None, release: str = "") -> int:
        """Store a new table and return its revision; earlier ones stay as history.

        `rev` is the revision the table was made from, None asks for nothing; a `release` stores its table once. Raise
        Conflict when somebody stored one meanwhile.
        """
        self._carry()
        collection = database.raw(COLLECTION)
        if release and (done := self.released(release)):
            return done
        if rev is not None and rev != self.rev:
            raise Conflict("标准表刚刚被他人修改，请重新查看")
        rows = _stored(table)
        if self.rev and rows == _stored(self.table):
            return self.rev
        content = {"rev": self.rev + 1, "rows": rows, "by": by, "at": dates.now(), **({"release": release} if release else {})}
        try:
            collection.insert_one({"_id": f"rev:{content['rev']}", **content})
        except DuplicateKeyError as error:
            self._carry()
            raise Conflict("标准表刚刚被他人修改，请重新查看") from error
        self._carry()
        return content["rev"]

    def _carry(self):
        """Bring `current` up to the newest row: whoever wrote that row may have died before this."""
        collection = database.raw(COLLECTION)
        self.refresh()
        while row := collection.find_one({"_id": f"rev:{self.rev + 1}"}, {"_id": 0}):
            if self.rev == 0:
                collection.update_one({"_id": CURRENT}, {"$setOnInsert": row}, upsert=True)
            else:
                collection.replace_one({"_id": CURRENT, "rev": self.rev}, row)
            self.refresh()


def _stored(table):
    """Dates as ISO text: MongoDB has no date without a time."""
    return [{**row, "from": row["from"].isoformat()} for row in table.to_rows()]
