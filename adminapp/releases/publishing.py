"""Publishes an approved release: exactly what was approved, once, all of it or nothing, however often its process dies.

Its drafts are held first, so nobody edits what is going out; then everything is proved once more; then each thing is
published under the name of this attempt, which a second consumer or a second try finds done.
"""

from adminapp import audit, dates, drafts
from adminapp.declaration import DeclarationError
from adminapp.errors import Conflict
from adminapp.golden import store as golden_store
from adminapp.jobs.model import actor_of, snapshot
from adminapp.recipes import store as recipes
from adminapp.releases import checking, flow, store, withdrawing
from adminapp.releases.model import APPROVED, PUBLISHED, PUBLISHING, SCHEDULED, STATES, WITHDRAWING, token
from adminapp.standards import from_text

HELD, ENDED = "publishing", "published"
"""States of the drafts of a release that goes out, and that went out."""
TRIES = 4


def publish(release_id: str, rev: int, engine, actor) -> dict:
    """Publish an approved release now and return it. Raise Conflict with what stands in the way."""
    row = flow.open_at(release_id, rev, (APPROVED, SCHEDULED), "发布", actor)
    row = store.change(row, "publish", actor, state=PUBLISHING, publisher=snapshot(actor), scheduled=None)
    row = advance(row, engine)
    if row["state"] != PUBLISHED:
        raise Conflict(f"没有发布：{row['withdrawal']['reason'] if row['withdrawal'] else STATES[row['state']]}")
    return row


def advance(row: dict, engine) -> dict:
    """Carry on what was begun and return the release; done already, it stays as it is."""
    if row["state"] == PUBLISHING:
        return _publish(row, engine, actor_of({"_id": row["_id"], "actor": row["publisher"]}))
    return withdrawing.advance(row, engine) if row["state"] == WITHDRAWING else row


def sweep(engine) -> int:
    """Publish what is due today and carry on what was left half-way; return how many releases were moved."""
    moved = 0
    for head in store.listed((SCHEDULED, PUBLISHING, WITHDRAWING)):
        row = store.get(head["_id"])
        if row["state"] == SCHEDULED and row["scheduled"] <= dates.today().isoformat():
            row = _due(row)
        if row["state"] in (PUBLISHING, WITHDRAWING):
            advance(row, engine.refresh())
            moved += 1
    return moved


def _due(row):
    """Return the release as it begins to be published; somebody else began it when this one cannot."""
    actor = actor_of({"_id": row["_id"], "actor": row["publisher"]})
    row = flow.settle(row, actor)
    if row["state"] != SCHEDULED:
        return row
    try:
        return store.change(row, "publish", actor, "定于今日", state=PUBLISHING)
    except Conflict:
        return store.get(row["_id"])


def _publish(row, engine, actor):
    """Bring a release to its end, trying again when another consumer was a moment ahead."""
    why = ""
    for _ in range(TRIES):
        try:
            return _try(row, engine, actor)
        except (Conflict, DeclarationError) as error:
            row, why = store.get(row["_id"]), str(error)
            if row["state"] != PUBLISHING:
                return row
    return withdrawing.give_up(row, engine, actor, why)


def _try(row, engine, actor):
    _hold(row, actor)
    if not _begun(row, engine):
        _prove(row, engine)
    if row["publication"] is None:
        row = store.change(row, "publish", actor, "内容已锁定", publication={"before": _before(row, engine), "at": dates.now()})
    done = _carry_out(row, engine, actor)
    _end_drafts(row, actor)
    row = store.change(row, "published", actor, state=PUBLISHED, publication=row["publication"] | done, unset=["holds"])
    audit.log("publish", actor=actor.id, release=row["number"], digest=row["digest"][:16])
    return row


def _hold(row, actor):
    """Stop edits of the drafts, exactly as they were approved."""
    for item in filter(lambda item: item["draft"], row["items"]):
        draft = drafts.get(item["draft"])
        if draft.state in (HELD, ENDED) and draft.facts.get("release") == row["_id"]:
            continue
        if not draft.is_open or draft.digest != item["digest"]:
            raise Conflict(f"“{item['title']}”的草稿在批准以后有改动")
        drafts.set_state(draft.id, draft.rev, HELD, actor, was=drafts.OPEN, release=row["_id"])


def _begun(row, engine):
    engine.refresh()
    name = token(row)
    versions = (version for item in row["items"] for version in engine.registry.versions(item["key"]))
    return bool(engine.standards_store.released(name)) or any(version.release == name for version in versions)


def _prove(row, engine):
    report = checking.check(row["items"], engine)
    if not report["ok"]:
        raise Conflict("；".join(checking.problems_in(report)[:5]))


def _before(row, engine):
    """Return what is in force before: what taking the release back returns to."""
    latest = engine.registry.latest()
    types = {
        item["key"]: {
            "version": latest[item["key"]].version if item["key"] in latest else 0,
            "golden": golden_store.get(golden_store.of_type(item["key"]))["text"],
        }
        for item in row["items"]
        if item["kind"] == "type"
    }
    return {"types": types, "standards_rev": engine.standards_store.rev}


def _carry_out(row, engine, actor):
    """Publish standards, then types, then what goes with them; return ``{versions, standards_rev, recipes}``."""
    name, versions, started, rev = token(row), {}, [], None
    for item in row["items"]:
        if item["kind"] == "standards":
            rev = engine.standards_store.replace(from_text(item["text"]), actor.id, rev=item["base"], release=name)
    engine.refresh()
    for item in row["items"]:
        if item["kind"] == "type":
            made = engine.registry.publish(item["text"], actor.id, engine.standards.types(), parent=item["parent"], release=name)
            versions[item["key"]] = made.version if made else engine.registry.get(item["key"]).version
            golden_store.save(golden_store.of_type(item["key"]), item["golden"], actor.id)
    for item in row["items"]:
        if item["kind"] == "type" and (ordered := _move_cases(row, item, versions[item["key"]], actor)):
            started.append(ordered)
    return {"versions": versions, "standards_rev": rev, "recipes": started}


def _move_cases(row, item, version, actor):
    recipe = recipes.read(item["recipe"])
    if recipe.which == "none" or version == row["publication"]["before"]["types"][item["key"]]["version"]:
        return ""
    olds = [each for each in checking.versions_in_use(item["key"]) if each < version]
    ordered = recipes.order(item["key"], olds, version, recipe, actor, release=token(row))
    if ordered["state"] in (recipes.READY, recipes.RUNNING):
        recipes.start(ordered["_id"], actor)
    return ordered["_id"]


def _end_drafts(row, actor):
    for item in row["items"]:
        if item["draft"] and drafts.get(item["draft"]).state != ENDED:
            draft = drafts.get(item["draft"])
            drafts.close(draft.id, draft.rev, actor, state=ENDED, release=row["_id"])
