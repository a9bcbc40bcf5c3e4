"""What the events of each line must be, worked out again from the return files that were applied to its batch."""

from itertools import islice

from adminapp import database
from adminapp.bank import profiles
from adminapp.payments import lines
from adminapp.payments.returns import match, model


class Told:
    """The outcomes of a batch by line. Amounts are those of the stored lines, which who verifies checks besides."""

    def __init__(self, batch: dict):
        self.files = model.applied(batch["_id"])
        self.events: dict[str, list[tuple]] = {}
        self.rest = [(found, profile) for found in self.files if (profile := _covers_failures(found))]
        for found in self.files:
            for rows in model.rows_of(found):
                amounts = _amounts([ident for row in rows for ident in row["lines"]])
                for row in rows:
                    self._row(found, row, [amounts[ident] for ident in row["lines"] if ident in amounts])

    def _row(self, found, row, parts):
        shares = match.allot(parts, row["to"], row["paid"])
        for part in parts:
            to, paid = shares[part["_id"]]
            told = self.events.setdefault(part["_id"], [])
            before = {"state": told[-1][0] if told else lines.SENT, "events": [{"to": told[-1][0], "paid": told[-1][1]}] if told else []}
            if match.step(before, to, paid) == "go":
                told.append((to, paid, found["digest"], row["row"]))

    def of(self, line: dict) -> list[tuple]:
        """Return [(state, fen, file, row)] a line must have been told."""
        told = self.events.get(line["_id"])
        if told is None:
            rest = (found for found, profile in self.rest if profile.serves(line["bank"]))
            return [(lines.PAID, line["amount"], found["digest"], 0) for found in islice(rest, 1)]
        return told


def _amounts(ids):
    found = database.raw(lines.COLLECTION).find({"_id": {"$in": ids}}, {"amount": 1})
    return {line["_id"]: line for line in found}


def _covers_failures(found):
    """Return the profile of a file that names failures only, None for one that names every transfer."""
    profile = profiles.get(found["profile"]).profile
    return profile if profile.returns.covers == "failures" else None
