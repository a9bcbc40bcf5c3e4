"""Takes a published release back, as long as nothing was decided under it; and what went out of one that failed half-way.

Versions are withdrawn, standards and golden cases put back, recipes undone, and cases opened meanwhile go on under the
version before. Every step finds itself done, so a killed process is carried on by the sweep.
"""

from adminapp import audit, database, dates, drafts, indexes
from adminapp.declaration.successor import with_later_fields
from adminapp.declaration.uses import standards_read
from adminapp.declaration.writer import to_mapping
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.golden import store as golden_store
from adminapp.jobs.model import actor_of, snapshot
from adminapp.recipes import store as recipes
from adminapp.recipes.model import STAY, Recipe
from adminapp.recipes.preview import versions_in_use
from adminapp.recipes.states import stranded
from adminapp.releases import store
from adminapp.releases.model import DRAFT, PUBLISHED, WITHDRAWING, WITHDRAWN, token

indexes.declare("decisions", "released", ["type", "at"])


def blockers(row: dict, engine) -> list[str]:
    """Return why a published release cannot be taken back; empty when it can."""
    engine.refresh()
    found = []
    for item in row["items"]:
        found += _type_blockers(row, item, engine) if item["kind"] == "type" else _standards_blockers(row, engine)
    return found


def _type_blockers(row, item, engine):
    published = published_of(row, item["key"], engine)
    if published is None:
        return
    latest = engine.registry.latest().get(item["key"])
    if latest is not None and latest.version > published.version:
        yield f"“{item['title']}”之后又发布了第 {latest.version} 版，要先撤回较新的版本"
    under = {"type": item["key"], "schema_version": published.version}
    if not row["publication"]["before"]["types"][item["key"]]["version"]:
        if cases := database.raw("cases").count_documents(under):
            yield f"“{item['title']}”是新类型，已有 {cases} 件申请"
        return
    decided = database.raw("cases").count_documents({"type": item["key"], "decision.version": published.version})
    decided = decided or database.raw("decisions").count_documents({"type": item["key"], "version": published.version})
    if decided:
        yield f"已有 {decided} 件按“{item['title']}”第 {published.version} 版作出决定"


def _standards_blockers(row, engine):
    rev, before = row["publication"]["standards_rev"], row["publication"]["before"]["standards_rev"]
    if rev is None or rev == before:
        return
    if engine.standards_store.rev != rev:
        yield "标准表之后又发布过新的内容，要先撤回较新的发布"
        return
    added = list(_added(engine.standards_store.at(before), engine.standards))
    keys = {entry["key"] for entry in added}
    types = sorted({key for key in engine.registry.latest() for item in engine.registry.versions(key) if keys & standards_read(item.relief_type)})
    used = {"$elemMatch": {"$or": added}} if added else None
    if used and types:
        since = dates.day_of(row["publication"]["at"]).isoformat()
        count = database.raw("cases").count_documents({"type": {"$in": types}, "decision.on": {"$gte": since}, "decision.standards": used})
        made = {"type": {"$in": types}, "at": {"$gte": row["publication"]["at"]}, "decision.standards": used}
        count = count or database.raw("decisions").count_documents(made)
        if count:
            yield f"已有 {count} 件按新标准作出决定"


def _added(old, new):
    """Yield the values of a table that were not in the one before, as decisions name them."""
    known = set(old.keys())
    for standard in map(new.standard, new):
        before = {value.since: value.value for value in old.standard(standard.key).values} if standard.key in known else {}
        for value in standard.values:
            if before.get(value.since) != value.value:
                yield {"key": standard.key, "from": value.since.isoformat(), "value": str(value.value)}


def published_of(row: dict, key: str, engine):
    """Return the version that this release published of a type, None when it published none."""
    return next((item for item in engine.registry.versions(key) if item.release == token(row)), None)


def withdraw(release_id: str, rev: int, engine, actor, reason: str) -> dict:
    """Take a published release back and return it. Raise Conflict with everything that stands in the way."""
    row = store.get(release_id)
    if row["state"] != PUBLISHED:
        raise Conflict("只有已发布的方案可以撤回")
    if row["rev"] != rev:
        raise Conflict("这个发布方案刚刚被他人办理，请刷新后再试")
    if not reason.strip():
        raise Invalid("请写明撤回的理由。")
    if found := blockers(row, engine):
        raise Conflict(f"不能撤回：{'；'.join(found)}。可以按原来的内容发布新版本。")
    told = {"actor": snapshot(actor), "at": dates.now(), "reason": reason.strip()[:500], "failed": False, "undoing": []}
    row = store.change(row, "withdraw", actor, told["reason"], state=WITHDRAWING, withdrawal=told)
    audit.log("release", event="withdraw", release=row["number"])
    return advance(row, engine)


def give_up(row: dict, engine, actor, why: str) -> dict:
    """End an attempt to publish: nothing of it stays, and the release begins anew with the reason."""
    told = {"actor": snapshot(actor), "at": dates.now(), "reason": why[:1000], "failed": True, "undoing": []}
    try:
        row = store.change(row, "failed", actor, why[:1000], state=WITHDRAWING, withdrawal=told)
    except Conflict:
        return store.get(row["_id"])
    return advance(row, engine)


def advance(row: dict, engine) -> dict:
    """Go as far as can be gone now; what waits for a job is carried on by the sweep."""
    actor = actor_of({"_id": row["_id"], "actor": row["withdrawal"]["actor"]})
    engine.refresh()
    try:
        for item in row["items"]:
            if item["kind"] == "type" and (published := published_of(row, item["key"], engine)):
                engine.registry.withdraw(item["key"], published.version, actor.id)
        _put_back(row, engine, actor)
        row, waits = _return_cases(row, engine, actor)
        if waits:
            return row
        if row["withdrawal"]["failed"]:
            _open_drafts(row, actor)
            again = {"check": None, "approval": None, "publication": None, "attempt": row["attempt"] + 1}
            return store.change(row, "withdrawn", actor, "没有发布任何内容", state=DRAFT, **again)
        return store.change(row, "withdrawn", actor, state=WITHDRAWN)
    except Conflict as error:
        now = store.get(row["_id"])
        if now["state"] == WITHDRAWING and now["rev"] == row["rev"] and not row["withdrawal"]["failed"]:
            return store.change(now, "failed", actor, str(error), state=PUBLISHED)
        return now


def _put_back(row, engine, actor):
    before = (row["publication"] or {}).get("before")
    name = token(row)
    if before and (rev := engine.standards_store.released(name)) and engine.standards_store.rev == rev:
        engine.standards_store.replace(engine.standards_store.at(before["standards_rev"]), actor.id, rev=rev, release=f"{name}:back")
    for item in row["items"]:
        if item["kind"] == "type" and before:
            holder = golden_store.of_type(item["key"])
            if golden_store.get(holder)["text"] == item["golden"]:
                golden_store.save(holder, before["types"][item["key"]]["golden"], actor.id)


# Cases


def _return_cases(row, engine, actor):
    """Undo recipes, then move what was opened meanwhile to the version before; return (release, whether a job still works)."""
    for item in row["items"]:
        published = published_of(row, item["key"], engine) if item["kind"] == "type" else None
        if published is None:
            continue
        row, waits = _undo_recipe(row, f"{token(row)}:{item['key']}", actor)
        if waits or _moves_back(row, item["key"], published, engine, actor):
            return row, True
    return row, False


def _undo_recipe(row, recipe_id, actor):
    try:
        recipe = recipes.get(recipe_id)
    except NotFound:
        return row, False
    if recipe["state"] in (recipes.READY, recipes.RUNNING, recipes.UNDOING):
        return row, True
    if recipe["state"] == recipes.DONE and recipe["moved"] and recipe_id not in row["withdrawal"]["undoing"]:
        told = row["withdrawal"] | {"undoing": [*row["withdrawal"]["undoing"], recipe_id]}
        recipes.start_undo(recipe_id, actor)
        return store.change(row, "withdraw", actor, "撤销案件转入", withdrawal=told), True
    return row, False


def _moves_back(row, key, published, engine, actor):
    """See that cases under the withdrawn version go on under the one before; tell whether that is still going on."""
    name, to = f"{token(row)}:back", row["publication"]["before"]["types"][key]["version"] if row["publication"] else 0
    if not to or published.version not in versions_in_use(key):
        return False
    stay = dict.fromkeys(stranded(engine.registry.get(key, to).relief_type), STAY)
    ordered = recipes.order(key, [published.version], to, Recipe(which="all", states=stay), actor, release=name)
    if ordered["state"] == recipes.READY:
        recipes.start(ordered["_id"], actor)
    return recipes.get(ordered["_id"])["state"] in (recipes.READY, recipes.RUNNING)


def _open_drafts(row, actor):
    for item in filter(lambda item: item["draft"], row["items"]):
        draft = drafts.get(item["draft"])
        if draft.state != drafts.OPEN and draft.facts.get("release") == row["_id"]:
            drafts.set_state(draft.id, draft.rev, drafts.OPEN, actor, was=draft.state, release="")


def earlier_again(row: dict, key: str, engine, actor):
    """Begin a draft that says again what was in force before this release; what was added since stays, retired.

    Raise NotFound when this release did not change the type, Conflict when nothing was published before it.
    """
    if not row["publication"] or key not in row["publication"]["before"]["types"]:
        raise NotFound()
    before = row["publication"]["before"]["types"][key]
    if not before["version"]:
        raise Conflict("这是新类型，没有更早的版本；不再受理请停办。")
    earlier = with_later_fields(engine.registry.get(key, before["version"]).relief_type, engine.registry.get(key).relief_type)
    if other := drafts.open_for("type", key):
        raise Conflict(f"已有一份草稿（{other.author['name']}），请先发布或放弃它")
    return drafts.create("type", to_mapping(earlier), actor, drafts.KINDS["type"].origin(engine, key), before["golden"])


def once_more(row: dict, key: str, engine, actor):
    """Begin a draft that says again what was taken back, upon what is in force now. The draft that went out stays as it went.

    Raise NotFound when the release holds no draft of `key`, Conflict when somebody drafts it already.
    """
    item = next((item for item in row["items"] if item["key"] == key and item["draft"]), None)
    if item is None or row["state"] != WITHDRAWN:
        raise NotFound()
    if other := drafts.open_for(item["kind"], key):
        raise Conflict(f"已有一份草稿（{other.author['name']}），请先发布或放弃它")
    try:
        origin = drafts.KINDS[item["kind"]].origin(engine, key)
    except NotFound:
        origin = None  # it was new, and is new again
    return drafts.create(item["kind"], drafts.get(item["draft"]).mapping, actor, origin, item["golden"])
