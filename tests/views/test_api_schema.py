"""The interface keeps to its own OpenAPI document: schemathesis makes what it describes, and what it forbids, and checks each answer.

Real cases, awards and files stand in the way, so that reading, changing and submitting are reached and not only refused.
"""

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from adminapp.api import tokens
from adminapp.policy import CLERK
from tests.conftest import HERE
from tests.views.test_api import VILLAGE, System

EXAMPLES = 20
"""Requests of each kind for each operation: more find nothing new in a run of minutes."""
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "unsupported_method",
)  # fmt: skip


def checks():
    return [check for name in CHECKS for check in schemathesis.checks.CHECKS.get_by_names([name])]


def operations(app, headers):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)
    return [found.ok() for found in schema.get_all_operations()]


def try_out(operation, mode, path, headers, seen):
    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def ask(data):
        ours = path if path and data.draw(st.booleans()) else None
        request = data.draw(operation.as_strategy(mode, path_parameters=ours))
        seen.add(request.call_and_validate(headers=headers, checks=checks()).status_code)

    ask()


def run(app, cases, mode, monkeypatch):
    monkeypatch.setattr(tokens, "A_MINUTE", 1_000_000)
    case = cases.open(VILLAGE)
    system = System(app, CLERK, [HERE])
    seen = {}
    for operation in operations(app, system.headers):
        path = {"id": str(case.id)} if "{id}" in operation.path else None
        try_out(operation, mode, path, system.headers, seen.setdefault(operation.label, set()))
    return seen


def test_what_the_document_allows_is_answered_as_it_says(app, cases, today, monkeypatch):
    seen = run(app, cases, GenerationMode.POSITIVE, monkeypatch)
    served = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")} - {"api.openapi"}
    assert len(seen) == len(served), "what is served is described"
    assert all(200 in seen[f"GET {path}"] for path in ("/cases", "/cases/{id}", "/awards"))


def test_what_the_document_forbids_is_refused_as_it_says(app, cases, today, monkeypatch):
    seen = run(app, cases, GenerationMode.NEGATIVE, monkeypatch)
    assert 400 in seen["POST /applications"]
    assert all(max(codes) < 500 for codes in seen.values())
