"""What month close gives to other parts. The factory and the consumer call `register` once."""

from adminapp.months import closing
from adminapp.payments import opening


def register():
    """Let no list be added to a closed month. Safe to call again."""
    opening.SHUT["months"] = closing.is_closed
