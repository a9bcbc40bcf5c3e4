"""What the reserve gives to other parts. The factory and the consumer call `register` once."""

from adminapp.jobs import consumer
from adminapp.reserve import moves, paying


def sweep(engine=None):
    paying.sweep(engine)
    moves.sweep(engine)


def register():
    """Let what a dead process left open be done. Safe to call again."""
    consumer.SWEEPS["reserve"] = sweep
