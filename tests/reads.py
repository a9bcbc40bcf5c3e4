"""Tells behind which moment the reads of a collection were asked."""

from contextlib import contextmanager

import pytest
from pymongo.monitoring import CommandListener

from adminapp import database


class _Finds(CommandListener):
    def __init__(self, collection):
        self.collection, self.found = collection, []

    def started(self, event):
        if event.command_name == "find" and event.command["find"] == self.collection:
            self.found.append(event.command["readConcern"].get("afterClusterTime"))

    def succeeded(self, event):
        pass

    failed = succeeded


@contextmanager
def reads_of(collection: str, settings):
    """Run the block on a new connection; yield a list that gets the moment each read of the collection has to know of, None without one."""
    finds = _Finds(collection)
    database.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(database.OPTIONS, "event_listeners", [finds])
        database.connect(settings)
        try:
            yield finds.found
        finally:
            database.close()
