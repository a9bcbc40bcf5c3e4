"""Writes many documents at once, and leaves alone what is there already: an interrupted run can be run again."""

from collections import defaultdict

from pymongo.errors import BulkWriteError

from adminapp import database

BATCH = 500
DUPLICATE = 11000


class Writer:
    """Collects documents and writes them in batches; what is there already stays as it is."""

    def __init__(self):
        self.waiting = defaultdict(list)

    def add(self, collection: str, documents):
        waiting = self.waiting[collection]
        waiting.extend(documents)
        if len(waiting) >= BATCH:
            self.flush(collection)

    def flush(self, *collections):
        for name in collections or list(self.waiting):
            documents, self.waiting[name] = self.waiting[name], []
            if documents:
                insert(name, documents)


def insert(collection: str, documents: list[dict]):
    """Insert what is not there yet."""
    if not documents:
        return
    try:
        database.raw(collection).insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if any(item["code"] != DUPLICATE for item in error.details["writeErrors"]):
            raise
