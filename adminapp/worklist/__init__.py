"""Work lists: what waits for whom, until when, under which clause.

There is no list of tasks to fall out of step with the truth. Each collection whose documents wait for somebody
registers a `Source`; piles, counts, overviews by place and person, and the tests of their indexes come from that.

    worklist.register(worklist.Source(key="verification", label="信息核对", collection="verification_requests", …))
    worklist.rows(worklist.Asked(actor, show="late"))   # in a view
    worklist.counts(actor)                              # on a start page
"""

from adminapp.worklist import cases
from adminapp.worklist.overview import by_person, by_source, by_township
from adminapp.worklist.reading import COUNT_TO, LIMIT, PILES, URGED, Asked, counts, counts_by_source, rows, soon_days
from adminapp.worklist.source import SOURCES, Item, Source, everyone, register

__all__ = [
    "COUNT_TO", "LIMIT", "PILES", "SOURCES", "URGED", "Asked", "Item", "Source", "by_person", "by_source", "by_township", "cases", "counts",
    "counts_by_source", "everyone", "register", "rows", "soon_days",
]  # fmt: skip
