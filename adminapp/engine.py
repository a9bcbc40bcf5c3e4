"""What a running program holds: settings, published types, standards. One per process, made by the factory or a command."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import current_app

import adminapp.drafts  # noqa: F401 - its indexes belong to every database
from adminapp import database, indexes, sealing
from adminapp.config import Settings
from adminapp.divisions import tables as divisions
from adminapp.holidays import store as holidays
from adminapp.registry import Registry
from adminapp.standards_store import StandardsStore


@dataclass
class Engine:
    """`base` is the abstract case document that compiled types stand on; the factory passes it, so the engine imports no schema."""

    settings: Settings
    base: type

    @cached_property
    def registry(self) -> Registry:
        return Registry(self.base)

    @cached_property
    def standards_store(self) -> StandardsStore:
        return StandardsStore()

    @property
    def standards(self):
        """The table of standards as of the last refresh."""
        return self.standards_store.table

    def connect(self, check_indexes: bool = True):
        """Open the database and the field keys; raise SetupError in one sentence when something is missing."""
        db = database.connect(self.settings)
        sealing.use_keys(Path(self.settings.home) / "keys" / "fields.json")
        if check_indexes:
            indexes.check(db)
        return self.refresh()

    def refresh(self):
        """See what other processes published since: four indexed reads."""
        self.registry.refresh()
        self.standards_store.refresh()
        holidays.refresh()
        divisions.refresh()
        return self


def current() -> Engine:
    """Return the engine of the running web app."""
    return current_app.extensions["relief"]
