"""What other systems ask for, as JSON; refusals are problem+json (adminapp/security/errors.py)."""

from flask import Blueprint, g, jsonify, request

from adminapp import engine
from adminapp.api import bodies, describing, posting, reading
from adminapp.errors import Invalid
from adminapp.loading import load_case
from adminapp.payments import batches

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
LARGEST_JSON = 1024 * 1024


def sent() -> dict:
    """Return the JSON object of the request. Raise Invalid."""
    if (request.content_length or 0) > LARGEST_JSON:
        raise Invalid("请求内容超过 1 MB")
    try:
        return bodies.check(request.get_json(force=True, silent=True))
    except RecursionError as error:
        raise Invalid("请求内容嵌套太深") from error


def with_rev(case_id, status=200):
    """Answer with a case and its rev as ETag."""
    found, rev = reading.case(engine.current().registry, str(case_id), g.actor, g.token)
    answer = jsonify(found)
    answer.status_code = status
    answer.set_etag(str(rev))
    return answer


@blueprint.get("/openapi.json")
def openapi():
    """Describe the interface, with a schema for each relief type in force."""
    held = engine.current()
    return jsonify(describing.describe(held.registry, held.settings.county))


@blueprint.get("/cases")
def cases():
    return jsonify(reading.cases(request.args))


@blueprint.get("/cases/<id>")
def case(id):
    return with_rev(id).make_conditional(request)


@blueprint.patch("/cases/<id>", endpoint="change")
def change(id):
    """Set values of a case that stands at the rev of If-Match."""
    found = load_case(engine.current().registry, id)
    posting.change(engine.current(), found, sent(), posting.seen_rev(request.headers.get("If-Match")), g.actor)
    return with_rev(id)


@blueprint.post("/cases/<id>/files", endpoint="attach")
def attach(id):
    """Add a paper; the body is the file."""
    data = request.get_data(cache=False)
    entry = posting.attach(engine.current(), id, request.args.get("document", ""), request.args.get("name", ""), data, g.actor)
    return jsonify({"id": entry.id, "name": entry.name, "size": entry.size, "type": entry.type, "digest": entry.digest}), 201


@blueprint.post("/cases/<id>/submission", endpoint="submit")
def submit(id):
    """Submit a draft that stands at the rev of If-Match."""
    found = load_case(engine.current().registry, id)
    posting.submit(engine.current(), found, posting.seen_rev(request.headers.get("If-Match")), g.actor)
    return with_rev(id)


@blueprint.post("/applications", endpoint="apply")
def apply():
    """Store an application as a draft, once for each Idempotency-Key."""
    found, new = posting.apply(engine.current(), g.token, request.headers.get("Idempotency-Key", ""), sent(), g.actor)
    return with_rev(found.id, 201 if new else 200)


@blueprint.get("/awards")
def awards():
    return jsonify(reading.all_awards(request.args))


@blueprint.get("/awards/<award_id>")
def award(award_id):
    return jsonify(reading.one_award(award_id))


@blueprint.get("/batches", endpoint="batches")
def all_batches():
    return jsonify(reading.all_batches(request.args))


@blueprint.get("/batches/<batch_id>")
def batch(batch_id):
    return jsonify(reading.batch(batches.get(batch_id)))


@blueprint.get("/batches/<batch_id>/lines")
def lines(batch_id):
    return jsonify(reading.batch_lines(batch_id, request.args))
