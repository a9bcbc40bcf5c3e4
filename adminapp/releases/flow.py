"""The way of a release from its drafts to approval; publishing and taking back stand beside (publishing.py, withdrawing.py)."""

from datetime import date

from adminapp import audit, dates, drafts
from adminapp.declaration.writer import to_mapping
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.recipes import store as recipes
from adminapp.recipes.model import Recipe
from adminapp.releases import checking, store
from adminapp.releases.model import (
    APPROVED,
    CANCELLED,
    CHECKED,
    DRAFT,
    EDITABLE,
    OPEN,
    PINNED,
    SCHEDULED,
    SIMULATED,
    STATES,
    SUBMITTED,
    makers,
    pin,
)  # fmt: skip
from adminapp.simulation import ordering
from adminapp.simulation import store as simulations

audit.declare("release", "发布方案")
NO_RECIPE = to_mapping(Recipe())
LONGEST_AHEAD = 366
"""Days a publication may be scheduled ahead."""


def begin(draft_ids: list[str], actor, title: str = "", reason: str = "") -> dict:
    """Make a release of open drafts and return it."""
    row = store.create([pinned(draft_id) for draft_id in dict.fromkeys(draft_ids)], actor, title, reason)
    audit.log("release", event="create", release=row["number"])
    return row


def pinned(draft_id: str, recipe: dict = NO_RECIPE) -> dict:
    """Return the item of a draft as it stands. Raise Conflict when it ended."""
    draft = drafts.get(draft_id)
    if not draft.is_open:
        raise Conflict(f"“{draft.title}”的草稿已经结束")
    return {**ordering.item_of(draft, recipe), "recipe": recipe, "draft_rev": draft.rev}


def repin(items: list[dict]) -> list[dict]:
    """Return the items as their drafts stand now."""
    return [pinned(item["draft"], item["recipe"]) if item["draft"] else item for item in items]


def settle(row: dict, actor) -> dict:
    """Return a release as it really stands: an edited draft ends what was pinned, a finished simulation counts."""
    try:
        if row["state"] in PINNED and (edited := [item["title"] for item in row["items"] if _is_edited(item)]):
            gone = {"check": None, "simulation": None, "approval": None, "scheduled": None}
            return store.change(row, "changed", actor, "、".join(edited), state=DRAFT, **gone)
        if row["state"] == CHECKED and (simulation := finished(row)):
            return store.change(row, "simulated", actor, state=SIMULATED, simulation=row["simulation"] | _result(simulation))
    except Conflict:  # somebody else settled it
        return store.get(row["_id"])
    return row


def _is_edited(item) -> bool:
    if not item["draft"]:
        return False
    try:
        draft = drafts.get(item["draft"])
    except NotFound:
        return True
    return not draft.is_open or (draft.rev != item["draft_rev"] and draft.digest != item["digest"])


def finished(row: dict) -> dict | None:
    """Return the simulation of what is pinned when it has come to its end."""
    ordered = row["simulation"]
    if not ordered or ordered["pin"] != row["digest"]:
        return None
    try:
        found = simulations.get(ordered["id"])
    except NotFound:
        return None
    return found if found["state"] == simulations.DONE else None


def _result(simulation):
    return {"digest": simulation["digest"], "counts": simulation["counts"]}


def _must(row, states, what):
    if row["state"] not in states:
        raise Conflict(f"发布方案现在是“{STATES[row['state']]}”，不能{what}")


def open_at(release_id: str, rev: int, states, what: str, actor) -> dict:
    """Return the release as it stands for a step that begins in one of `states`. Raise Conflict with why not."""
    row = settle(store.get(release_id), actor)
    _must(row, states, what)
    if row["rev"] != rev:
        raise Conflict("这个发布方案刚刚被他人办理，请刷新后再试")
    return row


def edit(release_id: str, rev: int, actor, *, title=None, reason=None, draft_ids=None, recipes_by_key=None) -> dict:
    """Change what a release is called, which drafts it holds, and their recipes; it begins anew then."""
    row = open_at(release_id, rev, EDITABLE, "调整", actor)
    items = row["items"]
    if draft_ids is not None:
        known = {item["draft"]: item["recipe"] for item in items}
        items = [pinned(each, known.get(each, NO_RECIPE)) for each in dict.fromkeys(draft_ids)]
        store.check_once(items)
        if not items:
            raise Invalid("发布方案至少要有一份草稿；不要了请作废。")
    for key, recipe in (recipes_by_key or {}).items():
        plain = to_mapping(recipes.read(recipe))
        items = [item | {"recipe": plain} if (item["kind"], item["key"]) == ("type", key) else item for item in items]
    changes = {"title": title and title.strip()[:100], "reason": reason and reason.strip()[:1000]}
    changes = {name: value for name, value in changes.items() if value is not None}
    if items != row["items"]:
        changes |= {"items": items, "digest": pin(items), "state": DRAFT, "check": None, "simulation": None, "approval": None, "scheduled": None}
        changes |= store.holds(items)
    return store.change(row, "edit", actor, **changes) if changes else row


def check(release_id: str, rev: int, engine, actor) -> dict:
    """Take the drafts as they stand, check them and their golden cases, and store the report; all right leads on."""
    row = open_at(release_id, rev, EDITABLE, "检查", actor)
    items = repin(row["items"])
    report = checking.check(items, engine)
    state = CHECKED if report["ok"] else DRAFT
    same = row["simulation"] and row["simulation"]["pin"] == pin(items)
    done = store.change(row, "check", actor, "通过" if report["ok"] else f"{report['count']} 处问题", items=items, digest=pin(items),
                        check=report, state=state, simulation=row["simulation"] if same else None)  # fmt: skip
    return settle(done, actor)


def simulate(release_id: str, rev: int, engine, actor, over: str = "live", on: date | None = None) -> dict:
    """Order the simulation of what was checked and start it."""
    row = open_at(release_id, rev, (CHECKED, SIMULATED), "试算", actor)
    items = [item | {"recipe": item["recipe"].get("turns", [])} for item in row["items"]]
    simulation = ordering.order(engine, items, over, on, actor, row["title"], release=row["_id"])
    simulations.start(simulation, actor)
    ordered = {"id": simulation["_id"], "pin": row["digest"], "over": simulation["over"], "on": simulation["on"]}
    return store.change(row, "simulate", actor, state=CHECKED, simulation=ordered)


def submit(release_id: str, rev: int, actor) -> dict:
    """Send a simulated release to whoever approves."""
    row = open_at(release_id, rev, (SIMULATED,), "送审", actor)
    simulations.keep(row["simulation"]["id"])
    done = store.change(row, "submit", actor, state=SUBMITTED)
    audit.log("release", event="submit", release=row["number"])
    return done


def recall(release_id: str, rev: int, actor) -> dict:
    """Take a release back that was sent for approval, or was approved and not yet published."""
    row = open_at(release_id, rev, (SUBMITTED, APPROVED, SCHEDULED), "撤回送审", actor)
    return store.change(row, "recall", actor, state=SIMULATED, approval=None, scheduled=None)


def give_back(release_id: str, rev: int, actor, reason: str) -> dict:
    """Return a release to its makers with the reason."""
    row = open_at(release_id, rev, (SUBMITTED, APPROVED), "退回", actor)
    if not reason.strip():
        raise Invalid("请写明退回的理由。")
    done = store.change(row, "return", actor, reason.strip()[:500], state=DRAFT, check=None, approval=None)
    audit.log("release", event="return", release=row["number"])
    return done


def may_approve(row: dict, actor) -> bool:
    return actor.id not in makers(row)


def approve(release_id: str, rev: int, actor, note: str = "") -> dict:
    """Approve exactly what is pinned, with the simulation it was sent with. Raise Forbidden for who made any of it."""
    row = open_at(release_id, rev, (SUBMITTED,), "批准", actor)
    if not may_approve(row, actor):
        raise Forbidden("起草、修改或送审的人不能批准，请由另一人批准")
    simulation = row["simulation"]
    approval = {
        "by": actor.id, "by_name": actor.name, "at": dates.now(), "note": note.strip()[:500], "digest": row["digest"],
        "simulation": simulation["id"], "simulation_digest": simulation["digest"],
    }  # fmt: skip
    done = store.change(row, "approve", actor, approval["note"], state=APPROVED, approval=approval)
    audit.log("release", event="approve", release=row["number"], digest=row["digest"][:16], simulation=simulation["digest"][:16])
    return done


def schedule(release_id: str, rev: int, actor, day: date, publisher: dict) -> dict:
    """Set the day on which an approved release is published, in its first minutes."""
    row = open_at(release_id, rev, (APPROVED, SCHEDULED), "定发布日期", actor)
    today = dates.today()
    if not 0 < (day - today).days <= LONGEST_AHEAD:
        raise Invalid("发布日期要在明天以后、一年以内；今天发布请点“立即发布”。")
    done = store.change(row, "schedule", actor, day.isoformat(), state=SCHEDULED, scheduled=day.isoformat(), publisher=publisher)
    audit.log("release", event="schedule", release=row["number"], day=day.isoformat())
    return done


def unschedule(release_id: str, rev: int, actor) -> dict:
    row = open_at(release_id, rev, (SCHEDULED,), "取消发布日期", actor)
    return store.change(row, "unschedule", actor, state=APPROVED, scheduled=None)


def cancel(release_id: str, rev: int, actor) -> dict:
    """End a release that is not published; its drafts stay."""
    row = open_at(release_id, rev, OPEN, "作废", actor)
    done = store.change(row, "cancel", actor, state=CANCELLED, scheduled=None, unset=["holds"])
    audit.log("release", event="cancel", release=row["number"])
    return done
