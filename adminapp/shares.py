"""A share, such as that of steps done in time: how it is written and from where on it is good."""

GOOD, FAIR = 0.95, 0.8
"""From here on a share is shown as good, and as fair; a colour on a page, no rule that anything is decided by."""


def percent(share: float) -> str:
    """Return 0.954 as "95.4%"."""
    return f"{share * 100:.1f}%"


def tone(share: float) -> str:
    """Return the tone of a share of which more is better: good, wait or bad."""
    return "good" if share >= GOOD else "wait" if share >= FAIR else "bad"
