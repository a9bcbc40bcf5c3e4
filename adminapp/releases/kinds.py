"""What is swept of releases, and what their comparison asks. The factory and the command call `register` once."""

from adminapp.declaration import uses
from adminapp.golden.uses import uses as golden_uses
from adminapp.jobs import consumer
from adminapp.releases import publishing


def register():
    """Publish what is due at every sweep, and carry on what was left half-way. Safe to call again."""
    uses.register("golden", golden_uses)
    consumer.SWEEPS["releases"] = publishing.sweep
