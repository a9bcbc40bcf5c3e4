"""What the county sets for posting: the wider set of columns, and how names stand on the public pages."""

from dataclasses import dataclass

from adminapp import audit, database, dates
from adminapp.errors import Conflict, Invalid
from adminapp.scope import Actor

COLLECTION, KEY = "settings", "posting"
NAMES = {"middle": "隐去中间的字", "surname": "只显示姓", "full": "全名"}
WIDE = ("members", "type", "reason")
"""What the county plan (县方案 七(二)) posts besides; 57号 第二十四条 lists name, number and amount alone."""


@dataclass(frozen=True)
class PostingSettings:
    """`wide`: post the columns of the county plan too, where the type knows them. `names`: how names stand on the web."""

    wide: bool = False
    names: str = "middle"
    rev: int = 0
    by_name: str = ""
    reason: str = ""


def read() -> PostingSettings:
    row = database.raw(COLLECTION).find_one({"_id": KEY})
    if row is None:
        return PostingSettings()
    return PostingSettings(row["wide"], row["names"] if row["names"] in NAMES else "middle", row["rev"], row["by_name"], row["reason"])


def write(wide: bool, names: str, reason: str, rev: int, actor: Actor) -> PostingSettings:
    """Store the settings that stood at `rev`. Wider columns or full names need a reason; it goes into the log."""
    if names not in NAMES:
        raise Invalid("请选择公示网页上姓名的写法")
    if (wide or names == "full") and not reason.strip():
        raise Invalid("公示超出部门规章列明的内容，或在网页上显示全名，要写明依据")
    values = {"wide": wide, "names": names, "reason": reason.strip()[:300], "by": actor.id, "by_name": actor.name, "at": dates.now()}
    settings = database.raw(COLLECTION)
    if rev == 0:
        done = settings.update_one({"_id": KEY}, {"$setOnInsert": {**values, "rev": 1}}, upsert=True).upserted_id is not None
    else:
        done = settings.update_one({"_id": KEY, "rev": rev}, {"$set": values, "$inc": {"rev": 1}}).modified_count == 1
    if not done:
        raise Conflict()
    audit.log("settings", what="posting", wide=wide, names=names, reason=reason)
    return read()
