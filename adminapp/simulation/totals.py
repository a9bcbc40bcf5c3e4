"""Sums of a simulation: cases and yuan by outcome, whole and by type, township and category. Plain counters, added in any order."""

from collections import defaultdict

from adminapp.simulation.assess import Assessment

COUNTED = ("cases", "persons", "paid", "before", "after", "delta", "yearly")
KEY = ("group", "type", "dimension", "value", "outcome")


class Totals:
    """``{(group, type, dimension, value, outcome): {cases, persons, paid, before, after, delta, yearly}}``; dimensions are
    "type", "township" and, of each type, the ids of its filters.
    """

    def __init__(self, plain=()):
        self.table = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
        self.merge(plain)

    def add(self, found: Assessment):
        subject, row = found.subject, found.subject.row
        counted = {
            "cases": 1, "persons": subject.size, "paid": subject.paid, "before": found.before.amount, "after": found.after.amount,
            "delta": found.delta, "yearly": found.yearly,
        }  # fmt: skip
        for dimension, value in (("type", row["type"]), ("township", row["township"]), *found.categories):
            self._count((subject.group, row["type"], dimension, value, found.outcome), counted)

    def merge(self, plain):
        """Add sums that another process counted."""
        for item in plain:
            self._count(tuple(item[name] for name in KEY), item)

    def _count(self, key, counted):
        line = self.table[key]
        for name in COUNTED:
            line[name] += counted[name]

    def plain(self) -> list[dict]:
        """Return the sums as stored, in a fixed order."""
        return [dict(zip(KEY, key, strict=True)) | line for key, line in sorted(self.table.items())]


def pick(sums: list[dict], by: tuple[str, ...], **where) -> dict:
    """Return {key: counted} of stored sums, added up by the attributes `by`, of those lines that agree with `where`."""
    found = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for line in sums:
        if all(line[name] == value for name, value in where.items()):
            key = tuple(line[name] for name in by)
            for name in COUNTED:
                found[key][name] += line[name]
    return dict(found)
