"""The jobs of an import and its work, registered by the composition root."""

from adminapp import jobs, worklist
from adminapp.imports import applying, batches, checking, undoing, work


def register():
    """Register the kinds. Safe to call again."""
    jobs.register(batches.CHECK, checking.run)
    jobs.register(batches.APPLY, applying.run)
    jobs.register(batches.UNDO, undoing.run)
    worklist.register(work.SOURCE)
