"""What other systems read: cases, awards, batches and lines, page by page, masked as the token's role sees them.

Lists go by keyset: `after` (`before` for batches) is the id of the last item of the page before. Money is fen, days are ISO, choices are codes.
"""

from bson import ObjectId

from adminapp import audit, awards, database, disclosure, indexes
from adminapp.cases import raw_values
from adminapp.errors import Invalid, NotFound
from adminapp.fields import KINDS
from adminapp.fields.table import read
from adminapp.loading import load_case
from adminapp.payments import batches, lines
from adminapp.scope import ScopedCollection
from adminapp.text import plain_number
from adminapp.workflow.machine import STATES

indexes.declare("cases", "township_recent", ["township", "-_id"])
MOST, USUAL = 200, 50
ENVELOPE = (
    "number", "type", "schema_version", "rev", "state", "township", "village", "name", "applied_on", "accepted_on", "decided_on",
    "amount", "start_month", "due", "updated",
)  # fmt: skip
LINE = ("batch", "award", "period", "months", "kind", "amount", "state", "township", "village", "type", "number", "hold")
BATCH = ("_id", "month", "scope", "state", "created", "totals")


def limit_of(args) -> int:
    """Return how many items are asked for. Raise Invalid."""
    limit = plain_number(args.get("limit", str(USUAL)))
    if limit is None or not 1 <= limit <= MOST:
        raise Invalid(f"limit 要是 1 至 {MOST} 的整数")
    return limit


def page(rows: list[dict], limit: int, shown) -> dict:
    """Return ``{items, next}`` of one row more than asked for: `next` is what `after` continues with, None at the end."""
    return {"items": [shown(row) for row in rows[:limit]], "next": str(rows[limit - 1]["_id"]) if len(rows) > limit else None}


def cases(args) -> dict:
    """Return a page of cases, newest first, without their declared values."""
    limit, query = limit_of(args), {}
    if args.get("type"):
        query["type"] = args["type"]
    if args.get("state"):
        if not args.get("type"):
            raise Invalid("按 state 筛选时要同时给出 type")
        if args["state"] not in STATES:
            raise Invalid(f"没有状态“{args['state'][:40]}”，可用：{'、'.join(STATES)}")
        query["state"] = args["state"]
    if args.get("township"):
        query["township"] = args["township"]
    if args.get("after"):
        query["_id"] = {"$lt": _object_id(args["after"])}
    shown = dict.fromkeys(ENVELOPE, 1)
    rows = list(ScopedCollection(database.raw("cases")).find(query, shown, sort=[("_id", -1)], limit=limit + 1))
    return page(rows, limit, envelope)


def _object_id(text):
    if not ObjectId.is_valid(text):
        raise Invalid("after 要是上一页最后一件的 id")
    return ObjectId(text)


def envelope(row: dict) -> dict:
    """Return what every case says of itself."""
    found = {name: plain(row.get(name)) for name in ENVELOPE}
    days = {name: found[name][:10] for name in ("applied_on", "accepted_on", "decided_on", "due") if found[name]}
    return {"id": str(row["_id"]), **found, **days, "version": found.pop("schema_version"), "state_label": STATES[row["state"]].label}


def plain(value):
    """Return a stored value as JSON can hold it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def case(registry, case_id: str, actor, token: dict) -> tuple[dict, int]:
    """Return (one case with its values and files, its rev). Numbers in full only with the token's right, and logged."""
    found, published = load_case(registry, case_id)
    raw, reveal = raw_values(found, published.relief_type), token["reveal"]
    if reveal:
        audit.log("reveal", case=found.number, token=token["_id"])
    values = {
        field.id: value_of(raw.get(field.id), field, actor, reveal)
        for field in published.relief_type.live_fields.values()
        if KINDS[field.kind].stored and field.kind != "note"
    }
    files = [{"id": item.id, "document": item.document, "name": item.name, "size": item.size, "type": item.type, "digest": item.digest} for item in found.files]
    row = {name: getattr(found, name, None) for name in ENVELOPE} | {"_id": found.id}
    return {**envelope(row), "values": values, "files": files}, found.rev


def value_of(value, field, actor, reveal: bool):
    """Return a field's value for this reader: as it is, or its masked text."""
    kind = KINDS[field.kind]
    if field.fields:
        columns = [column for column in field.fields if not column.retired]
        return [{column.id: value_of(read(row, column.id), column, actor, reveal) for column in columns} for row in value or ()]
    full = disclosure.in_full(field, actor, disclosure.CASE) or (reveal and disclosure.class_of(field) != disclosure.CHECKER)
    if not full:
        return disclosure.text(value, field, actor, disclosure.CASE) or None
    return kind.to_json(value, field)


def all_awards(args) -> dict:
    """Return a page of awards, in order of their ids, which are those of their cases."""
    limit, query = limit_of(args), {}
    if args.get("township"):
        query["township"] = args["township"]
    if args.get("after"):
        query["_id"] = {"$gt": _object_id(args["after"])}
    rows = list(awards.collection().find(query, {"entries": 0}, sort=[("_id", 1)], limit=limit + 1))
    return page(rows, limit, award)


def one_award(award_id: str) -> dict:
    """Return an award with its spells. Raise NotFound."""
    row = awards.collection().find_one({"_id": ObjectId(award_id)}, {"entries": 0}) if ObjectId.is_valid(award_id) else None
    if row is None:
        raise NotFound()
    return award(row)


SPELL = ("from", "to", "state", "amount", "components", "township", "village", "cause", "size")


def award(row: dict) -> dict:
    """Return an award and its spells; months are "2026-09", `to` null is open."""
    names = ("number", "type", "programme", "unit", "cycle", "township", "village", "name", "household_size", "rev")
    spells = [{name: plain(spell.get(name)) for name in SPELL} for spell in row["spells"]]
    return {"id": str(row["_id"]), **{name: row.get(name) for name in names}, "spells": spells}


def all_batches(args) -> dict:
    """Return a page of the batches, newest month first; they hold no person. `before` may also be a month."""
    limit = limit_of(args)
    return page(batches.listed(limit + 1, args.get("before")), limit, batch)


def batch(row: dict) -> dict:
    return {"id": row["_id"], **{name: plain(row.get(name)) for name in BATCH if name != "_id"}}


def batch_lines(batch_id: str, args) -> dict:
    """Return a page of the lines of a batch within the actor's reach. Raise NotFound."""
    batches.get(batch_id)
    limit, query = limit_of(args), {"batch": batch_id}
    if args.get("after"):
        query["_id"] = {"$gt": args["after"]}
    rows = list(lines.collection().find(query, sort=[("_id", 1)], limit=limit + 1))
    return page(rows, limit, line)


def line(row: dict) -> dict:
    """Return a line without numbers: those leave in the files of the list alone."""
    return {"id": row["_id"], **{name: plain(row.get(name)) for name in LINE}, "name": row.get("name")}
