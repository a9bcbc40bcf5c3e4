"""Where the reader's lists may be narrowed to."""

from flask import g

from adminapp import divisions


def townships() -> list[tuple[str, str]]:
    """Return (code, name) of the reader's townships, for the county of all; for a village assistant that of their villages."""
    mine = g.actor.townships
    return [choice for choice in divisions.township_choices() if mine is None or choice[0] in mine]
