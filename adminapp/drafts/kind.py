"""What every kind of draft answers."""

from adminapp.declaration.problems import Problem
from adminapp.declaration.reader import read_loosely
from adminapp.drafts.locks import Locks


class DraftKind:
    """`model` is the class whose shape the content has."""

    name = title = ""
    model: type

    def key(self, content) -> str:
        """Return what the draft is of: a type's key. Drafts of something published hold it, one open draft each."""
        raise NotImplementedError

    def label(self, content) -> str:
        """Return its name for people."""
        raise NotImplementedError

    def read(self, mapping):
        """Return (object, problems of shape)."""
        return read_loosely(mapping, self.model)

    def check(self, read, engine) -> list[Problem]:
        """Return the problems of what was read without a problem of shape, or of what could be read."""
        raise NotImplementedError

    def formulas(self, read, engine) -> dict[str, tuple]:
        """Return {path: (stored formula, type it must have, words in reach)} of every formula that is or could be written."""
        return {}

    def text(self, mapping) -> str:
        """Return the canonical text of a mapping. Raise DeclarationError or Invalid while it has problems of shape."""
        raise NotImplementedError

    def origin(self, engine, key) -> tuple[dict, int, str]:
        """Return (mapping, version, digest) of what is published under a key. Raise NotFound."""
        raise NotImplementedError

    def golden(self, key) -> str:
        """Return the file of golden cases in force for a key, "" when there is none."""
        return ""

    def locks(self, origin: dict | None):
        return Locks(origin, self.model)
