"""What is swept of releases. The factory and the command call `register` once."""

from adminapp.jobs import consumer
from adminapp.releases import publishing


def register():
    """Publish what is due at every sweep, and carry on what was left half-way. Safe to call again."""
    consumer.SWEEPS["releases"] = publishing.sweep
