"""Drafts: relief types and standards as they are being written, shared by several administrators, before anything is published."""

from adminapp.drafts import presence
from adminapp.drafts.clashes import Clash
from adminapp.drafts.kinds import KINDS
from adminapp.drafts.problems import Found, in_words, problems_of
from adminapp.drafts.store import (
    DISCARDED,
    OPEN,
    Draft,
    apply,
    close,
    create,
    get,
    history,
    imagine,
    listed,
    open_for,
    set_golden,
    set_state,
)
from adminapp.drafts.undo import reach, redo, undo


def begin(kind: str, key: str, actor, engine) -> Draft:
    """Return the open draft of something published, begun now or by somebody before. Raise NotFound."""
    origin = KINDS[kind].origin(engine, key)
    return open_for(kind, key) or create(kind, origin[0], actor, origin, KINDS[kind].golden(key))


def mapping_of(draft: Draft) -> dict:
    """Return the plain mapping, as `reader.read_mapping` takes it."""
    return draft.mapping


def source_of(draft: Draft) -> str:
    """Return the canonical text of the draft's file. Raise DeclarationError (Invalid) while it has problems of shape."""
    return draft.sort.text(draft.mapping)


__all__ = [
    "DISCARDED", "KINDS", "OPEN", "Clash", "Draft", "Found", "apply", "begin", "close", "create", "get", "history", "imagine", "in_words",
    "listed", "mapping_of", "open_for", "presence", "problems_of", "reach", "redo", "set_golden", "set_state", "source_of", "undo",
]  # fmt: skip
