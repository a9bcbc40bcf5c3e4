"""The job of related persons and what is swept for them."""

from adminapp.jobs import consumer
from adminapp.jobs.registry import register as register_job
from adminapp.policy import COUNTY
from adminapp.related import scan


def register():
    """Register the job kind and its sweep. Safe to call again."""
    register_job(scan.JOB, scan.run, COUNTY)
    consumer.SWEEPS["related"] = scan.sweep
