"""The table of standards as stored: one row per key, replaced as a whole under a revision that every worker watches."""

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

    def replace(self, table: Standards, by: str):
        """Store a new table; earlier ones stay as history. Raise Conflict when somebody stored one meanwhile."""
        self.refresh()
        rows, collection = _stored(table), database.raw(COLLECTION)
        if self.rev and rows == _stored(self.table):
            return
        content = {"rev": self.rev + 1, "rows": rows, "by": by, "at": dates.now()}
        collection.update_one({"_id": f"rev:{self.rev + 1}"}, {"$setOnInsert": content}, upsert=True)
        if self.rev == 0:
            collection.update_one({"_id": CURRENT}, {"$setOnInsert": content}, upsert=True)
        elif not collection.update_one({"_id": CURRENT, "rev": self.rev}, {"$set": content}).modified_count:
            raise Conflict("标准表刚刚被他人修改，请重新查看")
        self.refresh()


def _stored(table):
    """Dates as ISO text: MongoDB has no date without a time."""
    return [{**row, "from": row["from"].isoformat()} for row in table.to_rows()]
