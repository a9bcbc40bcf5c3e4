"""Carries out a recipe as a job, case by case, and takes it back.

Before a case is changed, everything of it that will change is kept as it was stored (collection `recipe_undo`). A case that
was moved and not touched since gets exactly that back; where somebody worked on it since, it stays and is named.
"""

from adminapp import awards, contents, database, dates, indexes
from adminapp.cases import fill_envelope, values_of
from adminapp.errors import Conflict, Invalid, NotFound
from adminapp.recipes import store
from adminapp.recipes.convert import Conversion, Turned
from adminapp.recipes.model import Recipe
from adminapp.recipes.preview import query_of
from adminapp.related import recusal
from adminapp.scope import system
from adminapp.workflow import events, transition

UNDO = "recipe_undo"
indexes.declare(UNDO, "recipe", ["recipe", "_id"])
indexes.declare(UNDO, "township", ["township", "_id"])
BOOKKEEPING = {"rev", "updated", "outbox", "event_seq"}
"""What every write changes and no undo brings back."""
PAGE = 100


def run(job, args: dict) -> dict:
    """Move the cases of a recipe; the handler of the job kind "recipe_move". Moved cases are found no more, so it resumes anywhere."""
    with system(f"recipe {args['recipe']}"):
        found = store.get(args["recipe"])
        recipe, new = store.recipe_of(found), job.engine.registry.get(found["key"], found["to"])
        query = query_of(recipe, found["key"], found["versions"])
        cases, last = database.raw("cases"), job.cursor
        total = cases.count_documents(query) + job.done
        job.progress(job.done, total, "正在转入新版本")
        while page := list(cases.find({**query, **({"_id": {"$gt": last}} if last else {})}, sort=[("_id", 1)], limit=PAGE)):
            for row in page:
                _try(job, row, lambda row=row: move(row, found["_id"], recipe, job.engine, new, job.actor))
            last = page[-1]["_id"]
            job.save_cursor(last, done=job.done + len(page))
        moved = database.raw(UNDO).count_documents({"recipe": found["_id"], "undone": None})
        store.finish(found["_id"], store.DONE, moved=moved, failed=job.failed)
        return {"moved": moved, "failed": job.failed}


def undo(job, args: dict) -> dict:
    """Take a recipe back; the handler of the job kind "recipe_undo"."""
    with system(f"recipe {args['recipe']}"):
        found = store.get(args["recipe"])
        query = {"recipe": found["_id"], "undone": None}
        job.progress(job.done, database.raw(UNDO).count_documents(query) + job.done, "正在撤销转入")
        last = job.cursor
        while page := list(database.raw(UNDO).find({**query, **({"_id": {"$gt": last}} if last else {})}, sort=[("_id", 1)], limit=PAGE)):
            for kept in page:
                _try(job, kept, lambda kept=kept: restore(kept, job.actor))
            last = page[-1]["_id"]
            job.save_cursor(last, done=job.done + len(page))
        left = database.raw(UNDO).count_documents(query)
        store.finish(found["_id"], store.UNDONE if not left else store.DONE, moved=left)
        return {"left": left}


def _try(job, row, step):
    try:
        step()
    except (Invalid, Conflict, NotFound, recusal.Recused) as error:
        job.problem(row["number"], str(error))


def move(row: dict, recipe_id: str, recipe: Recipe, engine, new, actor):
    """Bring one raw case document under the version `new`, and return the case. Raise Invalid when a value cannot be turned."""
    old, on = engine.registry.get(row["type"], row["schema_version"]), dates.today()
    turned = Conversion.of(recipe.turns, new.relief_type).turn(row, old.relief_type, standards=engine.standards, on=on)
    if problems := [made.problem for made in turned if made.problem]:
        raise Invalid(problems)
    if row.get("decision"):
        contents.keep(row, old.relief_type)
    case, before = new.model._from_son(row), row["state"]
    changes = transition.apply_values(case, new.relief_type, typed_values(turned, row, new.relief_type))
    case.schema_version = new.version
    to = recipe.states.get(before, before)
    if to != before:
        case.state, case.state_since = to, on
    register = awards.Register(case, on)
    fill_envelope(case, new.relief_type, values_of(case, new.relief_type, standards=engine.standards, on=on, awards=register))
    _keep(row, recipe_id, case)
    data = {"recipe": recipe_id, "versions": [old.version, new.version], "changes": changes}
    transition.store(case, row["rev"], events.entry(actor, "move_version", f"转入第 {new.version} 版", before, to, data))
    return case


def typed_values(turned: list[Turned], row: dict, relief_type) -> dict:
    """Return values by field id as a form gives them: of a table its rows by their identity, with the new columns alone."""
    values = {}
    for made in turned:
        table, _, column = made.turn.to.rpartition(".")
        if not table:
            values[made.turn.to] = made.value
            continue
        stored = row.get(relief_type.fields[table].stored) or []
        rows = values.setdefault(table, [{"row": each.get("row")} for each in stored])
        rows[made.row][column] = made.value
    return values


def _keep(row, recipe_id, case):
    """Keep what the case is about to lose. A case that died before it was stored is kept anew: it may have changed."""
    after = case.to_mongo().to_dict()
    changed = {name for name in {*after, *row} - BOOKKEEPING if name in after and _differ(after[name], row.get(name))}
    image = {name: row[name] for name in changed if name in row}
    kept = {
        "_id": f"{recipe_id}:{row['_id']}", "recipe": recipe_id, "case": row["_id"], "number": row["number"], "township": row["township"],
        "village": row["village"], "before": image, "absent": sorted(changed - set(image)), "rev": row["rev"] + 1, "undone": None, "at": dates.now(),
    }  # fmt: skip
    database.raw(UNDO).replace_one({"_id": kept["_id"]}, kept, upsert=True)


def _differ(after, before):
    """Compare a value to be stored with a stored one: a day without time zone is the same day with one."""
    return contents.plain(after) != contents.plain(before)


def restore(kept: dict, actor):
    """Give one case back what it had. Raise Conflict when it was worked on since."""
    cases, moment = database.raw("cases"), dates.now()
    case = cases.find_one({"_id": kept["case"]})
    if case is None:
        raise NotFound("案件已不存在")
    if case["rev"] != kept["rev"]:
        if case["schema_version"] != kept["before"].get("schema_version"):
            raise Conflict("转入以后又办理过，不能撤销")
    else:
        if sentence := recusal.bar(actor.id, case.get("people") or []):
            raise recusal.Recused(sentence)
        entry = events.entry(actor, "move_back", "撤销转入", case["state"], kept["before"].get("state", case["state"]), {"recipe": kept["recipe"]})
        waiting = _Waiting(case)
        events.note(waiting, entry)
        change = {"$set": {**kept["before"], "rev": case["rev"] + 1, "updated": moment, "outbox": waiting.outbox, "event_seq": waiting.event_seq}}
        if kept["absent"]:
            change["$unset"] = dict.fromkeys(kept["absent"], "")
        if not cases.update_one({"_id": case["_id"], "rev": case["rev"]}, change).matched_count:
            raise Conflict("转入以后又办理过，不能撤销")
        events.drain(case["_id"])
    database.raw(UNDO).update_one({"_id": kept["_id"]}, {"$set": {"undone": moment}})


class _Waiting:
    """What `events.note` needs of a case, for a raw document."""

    def __init__(self, case):
        self.outbox, self.event_seq = case.get("outbox") or [], case.get("event_seq") or 0


