"""Plans of packages that somebody uploaded and has not taken in yet: kept a week.

Collection `package_plans`, ``{_id, plan, by, at, expires}``. A plan is replaced as a whole when conflicts are decided.
"""

import json
import secrets
import zlib
from datetime import timedelta

from adminapp import database, dates, indexes
from adminapp.errors import NotFound

COLLECTION = "package_plans"
indexes.declare(COLLECTION, "expires", ["expires"], expire_after=0)
KEPT = timedelta(days=7)


def keep(plan: dict, actor) -> str:
    """Store a plan and return its id."""
    row = {"_id": secrets.token_hex(12), "plan": _packed(plan), "by": actor.id, "at": dates.now(), "expires": dates.now() + KEPT}
    database.raw(COLLECTION).insert_one(row)
    return row["_id"]


def get(plan_id: str) -> dict:
    """Return a plan. Raise NotFound."""
    row = database.raw(COLLECTION).find_one({"_id": str(plan_id)})
    if row is None:
        raise NotFound()
    return json.loads(zlib.decompress(row["plan"]))


def replace(plan_id: str, plan: dict):
    database.raw(COLLECTION).update_one({"_id": str(plan_id)}, {"$set": {"plan": _packed(plan)}})


def _packed(plan):
    """Return a plan as few bytes: the texts of all types stand in it twice."""
    return zlib.compress(json.dumps(plan, ensure_ascii=False).encode())
