"""Work lists: what waits for whom, until when, under which clause.

There is no list of tasks to fall out of step with the truth. Each collection whose documents wait for somebody
registers a `Source`; piles, counts, overviews by place and person, and the tests of their indexes come from that.

    worklist.register(worklist.Source(key="verification", label="信息核对", collection="verification_requests", …))
    worklist.rows(worklist.Asked(actor, show="late"))   # in a view
    worklist.counts(actor)                              # on a start page
"""

from adminapp.worklist import cases
from adminapp.worklist.reading import COUNT_TO, LIMIT, PILES, SOON, Asked, counts, counts_by_source, rows
from adminapp.worklist.source import SOURCES, Item, Source, everyone, register

__all__ = [
    "COUNT_TO", "LIMIT", "PILES", "SOON", "SOURCES", "cases", "Asked", "Item", "Source", "counts", "counts_by_source", "everyone", "register", "rows",
]  # fmt: skip
