"""What month close gives to other parts. The factory and the consumer call `register` once."""

from adminapp.months import closing, figures
from adminapp.payments import opening
from adminapp.reports import store


def register():
    """Let no list be added to a closed month, and freeze with it which statistics it was closed against. Safe to call again."""
    opening.SHUT["months"] = closing.is_closed
    figures.FIGURES["report"] = lambda month: {"digest": store.digest_of(month)}
