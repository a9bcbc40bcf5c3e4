"""The jobs of an import, registered by the composition root."""

from adminapp import jobs
from adminapp.imports import applying, batches, checking, undoing


def register():
    """Register the kinds. Safe to call again."""
    jobs.register(batches.CHECK, checking.run)
    jobs.register(batches.APPLY, applying.run)
    jobs.register(batches.UNDO, undoing.run)
