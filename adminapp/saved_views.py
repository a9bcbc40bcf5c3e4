"""Saved views (视图) of a type's list: what was asked of it, its order and its columns, under a name.

``{_id, type, owner, by: {id, name}, readers: [key], title, asked: {parameter: text}, columns: [key], at, rev}``. A view is
read by its owner and, when shared, by those of the owner's post and place: ``readers`` holds ``user:<account>`` and
``<role>@<township>`` (nothing behind @ for the county). It says how to look, never what to see: each reader's own scope
decides the rows. What was typed into the search box is not kept, because it names persons.

Which views stand in somebody's menu is kept with the account (`auth/preferences.py`).
"""

import hashlib
from dataclasses import dataclass

from bson import ObjectId

from adminapp import database, dates, indexes
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound

COLLECTION = "saved_views"
MOST = 40
"""Views that one account keeps for one type."""
LONGEST = 20
"""Characters of a title: as many as fit a tab and the menu."""
indexes.declare(COLLECTION, "readers", ["readers", "type", "at", "_id"])


@dataclass(frozen=True)
class SavedView:
    id: str
    type: str
    owner: str
    by: str
    title: str
    asked: dict[str, str]
    columns: tuple[str, ...]
    shared: bool
    rev: int

    def belongs_to(self, actor) -> bool:
        return self.owner == actor.id


def listed(actor, type_key: str) -> list[SavedView]:
    """Return the views of a type's list that the actor may read, the oldest first."""
    return [_view(row) for row in _rows(actor, {"type": type_key})]


def get(actor, view_id: str) -> SavedView:
    """Return one view; raise NotFound when it is absent or not for the actor."""
    found = _rows(actor, {"_id": ObjectId(view_id)}) if ObjectId.is_valid(view_id) else []
    if not found:
        raise NotFound
    return _view(found[0])


def several(actor, view_ids) -> list[SavedView]:
    """Return those of the views that are still there for the actor, in the order asked for."""
    if not view_ids:
        return []
    found = {str(row["_id"]): _view(row) for row in _rows(actor, {"_id": {"$in": [ObjectId(each) for each in view_ids]}})}
    return [found[each] for each in view_ids if each in found]


def save(actor, type_key: str, title: str, asked: dict[str, str], columns, shared: bool) -> SavedView:
    """Keep a new view. Raise Invalid for a title that is blank, too long or taken, and when there are too many views."""
    mine = [each for each in listed(actor, type_key) if each.belongs_to(actor)]
    if len(mine) >= MOST:
        raise Invalid(f"一种救助类型最多保存 {MOST} 个视图，请先删除不用的")
    title, at = _title(title, mine), dates.now()
    row = {
        "_id": _key(actor, type_key, title, at), "type": type_key, "owner": actor.id, "by": actor.name,
        "readers": _readers(actor, shared), "title": title, "asked": dict(asked), "columns": list(columns),
        "shared": bool(shared), "at": at, "rev": 1,
    }  # fmt: skip
    database.raw(COLLECTION).insert_one(row)
    return _view(row)


def change(actor, view: SavedView, rev: int, title: str, shared: bool, asked: dict[str, str] | None = None, columns=None) -> SavedView:
    """Rename a view, share it or not, and let it ask for something else when that is given.

    Raise Forbidden for the view of another person, Invalid as `save` does, and Conflict when it was changed meanwhile.
    """
    _own(actor, view)
    others = [each for each in listed(actor, view.type) if each.belongs_to(actor) and each.id != view.id]
    values = {"title": _title(title, others), "shared": bool(shared), "readers": _readers(actor, shared)}
    if asked is not None:
        values |= {"asked": dict(asked), "columns": list(columns or ())}
    row = database.raw(COLLECTION).find_one_and_update(
        {"_id": ObjectId(view.id), "rev": rev}, {"$set": values, "$inc": {"rev": 1}}, return_document=True
    )
    if row is None:
        raise Conflict("这个视图刚被改过，请重新打开后再改")
    return _view(row)


def remove(actor, view: SavedView):
    """Drop a view, for everybody who read it. Raise Forbidden for the view of another person."""
    _own(actor, view)
    database.raw(COLLECTION).delete_one({"_id": ObjectId(view.id)})


def _key(actor, type_key, title, at) -> ObjectId:
    """Return the id of a new view: in the order of time, and the same for the same view in each demo county."""
    digest = hashlib.sha256(f"{actor.id}\n{type_key}\n{title}\n{at.isoformat()}".encode()).digest()
    return ObjectId(int(at.timestamp()).to_bytes(4) + digest[:8])


def _own(actor, view):
    if not view.belongs_to(actor):
        raise Forbidden(f"这个视图是{view.by}共享的，只能由本人修改；可以另存为自己的视图")


def _title(title, others):
    title = " ".join(title.split())
    if not title:
        raise Invalid("请给视图起个名字")
    if len(title) > LONGEST:
        raise Invalid(f"视图名称最多 {LONGEST} 个字，现在是 {len(title)} 个字")
    if any(each.title == title for each in others):
        raise Invalid(f"您已有名为“{title}”的视图，请换一个名字")
    return title


def _readers(actor, shared):
    return [f"user:{actor.id}", *(_posts(actor) if shared else ())]


def _posts(actor) -> list[str]:
    """Return the posts of an actor, each with its place: those of a township never meet those of another."""
    places = [""] if actor.townships is None else sorted(actor.townships)
    return [f"{role}@{place}" for role in sorted(actor.roles) for place in places]


def _rows(actor, query):
    return list(database.raw(COLLECTION).find({"readers": {"$in": [f"user:{actor.id}", *_posts(actor)]}, **query}).sort([("at", 1), ("_id", 1)]))


def _view(row) -> SavedView:
    return SavedView(
        str(row["_id"]), row["type"], row["owner"], row["by"], row["title"], row["asked"], tuple(row["columns"]),
        row["shared"], row["rev"],
    )  # fmt: skip
