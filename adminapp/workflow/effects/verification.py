"""What a verification changes besides its record: a request to the county, the clock for telling the applicant."""

from adminapp.verification import requests
from adminapp.workflow import clocks


def ask_verification(move, record):
    move.queue("verification", **requests.compose(move, record))


def start_telling(move, record):
    """Who failed must be told in time; who did not has nothing to wait for."""
    if move.data.get("result") == "inconsistent":
        clocks.start(move.case, move.relief_type, "verification_failed", move.on, move)


EFFECTS = (ask_verification, start_telling)
