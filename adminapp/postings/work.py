"""Postings as work: sheets to be hung, sheets to be taken down and closed."""

from adminapp import dates, divisions
from adminapp.policy import ASSISTANT, POSTERS
from adminapp.postings import register
from adminapp.worklist import Item, Source

INDEXES = ("work_township", "work")
SHOWN = ("village", "township", "issue", "state", "taken_down")


def _to_hang(actor):
    return {"state": register.PREPARED} if actor.has(*POSTERS, ASSISTANT) else None


def _to_end(actor):
    """The village takes down, the township also closes what is down."""
    if not actor.has(*POSTERS, ASSISTANT):
        return None
    over = {"state": register.POSTED, "kind": register.REVIEW, "end": {"$lt": dates.today().isoformat()}}
    return over if actor.has(*POSTERS) else {**over, "taken_down": None}


def _item(row, actor):
    what = "张贴并上传照片" if row["state"] == register.PREPARED else "办结公示" if row["taken_down"] else "撤下公示表"
    return Item(
        what=what, title=f"{divisions.name_of(row['village'])} {row['issue']}", link=("postings.show", {"posting_id": row["_id"]}),
        township=row["township"], village=row["village"], roles=tuple(sorted(POSTERS | {ASSISTANT})),
    )  # fmt: skip


SOURCES = (
    Source("posting_hang", "公示张贴", register.COLLECTION, _to_hang, _item, SHOWN, INDEXES, due_text=True),
    Source("posting_end", "公示撤下", register.COLLECTION, _to_end, _item, SHOWN, INDEXES, due_text=True),
)
