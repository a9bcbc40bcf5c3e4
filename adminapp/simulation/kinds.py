"""The job of simulations. The factory and the consumer call `register` once."""

from adminapp.jobs import consumer
from adminapp.jobs.registry import register as register_job
from adminapp.policy import APPROVER, AUDITOR, POLICY_ADMIN, REVIEWER
from adminapp.simulation import store, work


def register():
    """Register the job and what is swept. Safe to call again."""
    register_job(store.JOB, work.run, {POLICY_ADMIN, REVIEWER, APPROVER, AUDITOR})
    consumer.SWEEPS["simulations"] = lambda engine: store.sweep()
