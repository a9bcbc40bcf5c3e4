"""What is swept for fund requests. The factory and the consumer call `register` once."""

from adminapp.funds import holding
from adminapp.jobs import consumer


def register():
    """Register the sweep. Safe to call again."""
    consumer.SWEEPS["funds"] = holding.sweep
