"""The job of the calendar and what is swept for it. The factory and the consumer call `register` once."""

from adminapp.holidays import recount
from adminapp.jobs import consumer
from adminapp.jobs.registry import register as register_job
from adminapp.policy import COUNTY, POLICY_ADMIN


def register():
    """Register the job. Safe to call again."""
    register_job(recount.JOB, recount.run, COUNTY | {POLICY_ADMIN})
    consumer.SWEEPS["calendar"] = lambda engine: recount.sweep()
