"""The jobs of supervision and of work on many cases, and what is swept for them. The factory and the consumer call `register` once."""

from adminapp.jobs import consumer
from adminapp.jobs.registry import register as register_job
from adminapp.policy import COUNTY
from adminapp.supervision import course, duties, rounds, work  # noqa: F401 - work is a source of the lists
from adminapp.warnings import casework, paying, sweep  # noqa: F401 - rules register themselves
from adminapp.workflow import bulk, escalation


def register():
    """Register the jobs. Safe to call again."""
    register_job(bulk.JOB, bulk.run)
    register_job(rounds.JOB, rounds.run, COUNTY)
    consumer.SWEEPS["escalation"] = lambda engine: escalation.sweep()
    # Before the next: a check that gave way and is then found to be a relative's is opened again, and its replacement stays.
    consumer.SWEEPS["spot_replacements"] = lambda engine: course.sweep()
    consumer.SWEEPS["spot_checks"] = lambda engine: duties.sweep()
    consumer.SWEEPS["spot_rounds"] = lambda engine: rounds.sweep()
    consumer.SWEEPS["warnings"] = sweep.sweep
