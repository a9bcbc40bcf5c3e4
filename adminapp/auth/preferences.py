"""How a person likes the screens: kept with the account, of no consequence for anybody else.

``users.preferences = {density, columns: {list: [keys]}, pins: [ids of saved views]}``. It is read with the account at each request anyway.
"""

from dataclasses import dataclass, field

from adminapp import database
from adminapp.auth.users import COLLECTION
from adminapp.errors import Invalid

DENSITIES = {"": "宽松", "dense": "紧凑"}
MOST_COLUMNS = 16
MOST_LISTS = 300
"""Lists with columns of their own: as many as a county could have types, and the account stays small."""
MOST_PINS = 8
"""Saved views in the menu: more would push what is below out of sight."""


@dataclass(frozen=True)
class Preferences:
    """`columns` are the keys of the columns shown, in order, by list; a list that is not there shows its usual ones."""

    density: str = ""
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pins: tuple[str, ...] = ()


def of(user) -> Preferences:
    """Return the preferences of an account; nobody's are the usual ones."""
    stored = getattr(user, "row", {}).get("preferences") or {}
    columns = {key: tuple(value) for key, value in stored.get("columns", {}).items()}
    return Preferences(stored["density"] if stored.get("density") in DENSITIES else "", columns, tuple(stored.get("pins", ())))


def choose_density(username: str, density: str):
    """Store how close the lines of lists stand. Raise Invalid for an unknown word."""
    if density not in DENSITIES:
        raise Invalid("没有这种显示密度")
    _set(username, {"preferences.density": density})


def choose_columns(user, name: str, keys):
    """Store which columns a list shows; no keys means the usual ones. Raise Invalid when there are too many."""
    if len(keys) > MOST_COLUMNS:
        raise Invalid(f"最多显示 {MOST_COLUMNS} 列")
    if not keys:
        _set(user.username, {}, {f"preferences.columns.{name}": ""})
        return
    known = of(user).columns
    if name not in known and len(known) >= MOST_LISTS:
        raise Invalid("设置了自定义列的列表太多")
    _set(user.username, {f"preferences.columns.{name}": list(keys)})


def pin(user, view_id: str, pinned: bool, living):
    """Put a saved view into the menu or take it out. Raise Invalid when the menu holds too many.

    `living` are the pinned views that are still there: the others, which nobody could take out, go.
    """
    pins = [each for each in of(user).pins if each != view_id and each in living]
    if pinned:
        if len(pins) >= MOST_PINS:
            raise Invalid(f"左侧菜单最多固定 {MOST_PINS} 个视图，请先取消一个")
        pins.append(view_id)
    if tuple(pins) != of(user).pins:
        _set(user.username, {"preferences.pins": pins})


def _set(username, values, gone=None):
    update = {"$set": values} if values else {}
    if gone:
        update["$unset"] = gone
    database.raw(COLLECTION).update_one({"_id": username}, update)
