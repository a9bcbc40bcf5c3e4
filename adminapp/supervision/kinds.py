"""The jobs of supervision and of work on many cases, and what is swept for them. The factory and the consumer call `register` once."""

from adminapp.jobs import consumer
from adminapp.jobs.registry import register as register_job
from adminapp.workflow import bulk, escalation


def register():
    """Register the jobs. Safe to call again."""
    register_job(bulk.JOB, bulk.run)
    consumer.SWEEPS["escalation"] = lambda engine: escalation.sweep()
