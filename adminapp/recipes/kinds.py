"""The jobs of recipes. The factory and the consumer call `register` once."""

from adminapp.jobs.registry import register as register_job
from adminapp.policy import APPROVER, POLICY_ADMIN, REVIEWER
from adminapp.recipes import moving, store


def register():
    """Register the jobs. Safe to call again."""
    register_job(store.MOVE, moving.run, {POLICY_ADMIN, REVIEWER, APPROVER})
    register_job(store.UNDO, moving.undo, {POLICY_ADMIN, REVIEWER, APPROVER})
