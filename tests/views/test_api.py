"""The interface for other systems: who may ask, what is read masked and in scope, applications once for each key, every refusal said."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminapp import audit, database, dates, divisions
from adminapp.api import tokens
from adminapp.payments import batches
from adminapp.policy import AUDITOR, CLERK, FINANCE, REVIEWER
from adminapp.scope import Actor
from tests.conftest import HERE, THERE
from tests.views.conftest import ID_NUMBER

VILLAGE, AWAY = divisions.villages(HERE)[0].code, divisions.villages(THERE)[0].code
ADMIN = Actor("sysadmin", "管理（虚构）")
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
MEMBER = {"name": "龙甲虚构", "relation": "self", "id_number": ID_NUMBER}
VALUES = {"applicant_name": "龙甲虚构", "applicant_id": ID_NUMBER, "income": 900000, "members": [MEMBER]}


class System:
    """Another system with a token."""

    def __init__(self, app, role=CLERK, townships=(), reveal=False):
        self.client = app.test_client()
        self.row, text = tokens.issue("省平台（虚构）", role, list(townships), 30, reveal, ADMIN)
        self.headers = {"Authorization": f"Bearer {text}"}

    def ask(self, method, path, body=None, **headers):
        more = {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1{path}", method=method, headers=self.headers | named, **more)

    def get(self, path):
        return self.ask("GET", path)

    def apply(self, key="k1", **changes):
        return self.ask("POST", "/applications", {"type": "demo", "village": VILLAGE, "values": VALUES} | changes, Idempotency_Key=key)


@pytest.fixture
def township(app, cases, today):
    return System(app, CLERK, [HERE])


@pytest.fixture
def county(app, cases, today):
    return System(app, REVIEWER)


def problem(answer, status):
    """Return the problem of an answer, which must be one of this status."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    return answer.json


# Who may ask


def test_without_a_good_token_nothing_is_answered(app, township, login):
    for header in ("", "Bearer x", "Bearer relief_000000000000_xx", "Basic relief", township.headers["Authorization"] + "x", "Bearer 令牌"):
        answer = app.test_client().get("/api/v1/cases", headers={"Authorization": header.encode().decode("latin-1")})
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    problem(login("clerk.tuojiang").get("/api/v1/cases"), 401)


def test_a_token_ends_with_its_day_or_when_it_is_revoked(app, township):
    assert township.get("/cases").status_code == 200
    with dates.frozen(dates.today() + timedelta(days=31)):
        problem(township.get("/cases"), 401)
    tokens.revoke(township.row["_id"])
    problem(township.get("/cases"), 401)
    assert {row["kind"] for row in audit.entries(limit=100)} >= {"token_issued", "token_revoked"}


def test_the_secret_is_not_stored(township):
    secret = township.headers["Authorization"].rpartition("_")[2]
    assert secret not in json.dumps(database.raw("api_tokens").find_one(), default=str)


def test_too_many_requests_are_put_off(township, monkeypatch):
    monkeypatch.setattr(tokens, "A_MINUTE", 2)
    answers = [township.get("/cases") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429] and answers[2].headers["Retry-After"] == "60"


def test_the_system_administrator_makes_and_revokes_tokens_on_screen(cases, login, app):
    admin = login("sysadmin")
    form = {"name": "省平台（虚构）", "role": CLERK, "days": "30"}
    assert "要选择乡镇" in admin.post("/tokens/new", form).text
    page = admin.post("/tokens/new", form | {"townships": HERE}).text
    [row] = tokens.listed()
    text = page[page.index("relief_") :].split("<")[0].strip()
    assert app.test_client().get("/api/v1/cases", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    listed = admin.get("/tokens/").text
    assert "省平台（虚构）" in listed and text not in listed and "/api/v1/applications" in listed
    assert admin.post(f"/tokens/{row['_id']}/revoke").status_code == 303
    assert tokens.state_of(tokens.get(row["_id"])) == "revoked"


# Reading


def test_cases_are_read_in_scope_page_by_page(cases, township, county):
    mine = [cases.open(VILLAGE, name) for name in ("龙甲虚构", "龙乙虚构", "龙丙虚构")]
    there = cases.open(AWAY, "石外虚构")
    first = township.get("/cases?limit=2").json
    rest = township.get(f"/cases?limit=2&after={first['next']}").json
    assert [item["number"] for item in first["items"] + rest["items"]] == [case.number for case in mine[::-1]] and rest["next"] is None
    assert len(county.get("/cases?type=demo&state=draft").json["items"]) == 4
    problem(township.get(f"/cases/{there.id}"), 404)
    assert there.number not in township.get(f"/cases?township={THERE}").text


def test_numbers_are_masked_unless_the_token_may_read_them_and_that_is_logged(app, cases, township):
    case = cases.open(VILLAGE)
    answer = township.get(f"/cases/{case.id}")
    assert answer.headers["ETag"] == '"0"' and ID_NUMBER not in answer.text
    assert answer.json["values"]["applicant_id"] == "433123********4216" and answer.json["values"]["income"] == 900000
    assert answer.json["values"]["members"][0]["id_number"] == "433123********4216"
    full = System(app, CLERK, [HERE], reveal=True)
    assert full.get(f"/cases/{case.id}").json["values"]["applicant_id"] == ID_NUMBER
    [entry] = audit.entries({"kind": "reveal"})
    assert (entry["actor"], entry["data"]["case"]) == (f"api:{full.row['_id']}", case.number)
    assert township.ask("GET", f"/cases/{case.id}", If_None_Match='"0"').status_code == 304


def test_batches_of_one_month_are_all_read_page_by_page(app, cases):
    finance = System(app, FINANCE)
    rows = [{"_id": f"{scope}:2026-09:{n}", "scope": scope, "month": "2026-09", "n": n} for scope in ("all", "demo") for n in (2, 3)]
    batches.collection().insert_many([*rows, {"_id": "all:2026-08", "scope": "all", "month": "2026-08", "n": 1}])
    seen, mark = [], ""
    while mark is not None:
        answer = finance.get(f"/batches?limit=1&before={mark}").json
        seen, mark = seen + [item["id"] for item in answer["items"]], answer["next"]
    assert seen == [*(row["_id"] for row in rows), "all:2026-08"]
    assert [item["id"] for item in finance.get("/batches?before=2026-09").json["items"]] == ["all:2026-08"]
    problem(finance.get("/batches?before=demo:x"), 400)


def test_finance_reads_batches_and_no_case(app, cases):
    finance = System(app, FINANCE)
    assert finance.get("/batches").json == {"items": [], "next": None}
    problem(finance.get("/cases"), 403)
    problem(finance.get("/batches/none"), 404)
    problem(finance.get("/batches/none/lines"), 404)
    problem(System(app, AUDITOR).apply(), 403)


# Posting


def test_an_application_is_stored_once_for_its_key(township):
    answer = township.apply()
    again = township.apply()
    assert (answer.status_code, again.status_code) == (201, 200) and again.json["id"] == answer.json["id"]
    [case] = database.raw("cases").find()
    assert (case["state"], case["township"], case["created_by"]) == ("draft", HERE, f"api:{township.row['_id']}")
    problem(township.apply(values=VALUES | {"income": 1}), 409)
    assert township.apply("k2").status_code == 201 and database.raw("cases").count_documents({}) == 2
    assert database.raw("events").find_one({"case": case["_id"]})["action"] == "api_open"


def test_a_refused_application_is_sent_again_under_its_key_once_corrected(township):
    problem(township.apply(village="433123109999"), 400)
    created = township.apply()
    assert created.status_code == 201
    assert township.apply().json["id"] == created.json["id"]
    problem(township.apply(village="433123109999"), 409)


def test_a_request_that_died_before_the_case_was_stored_goes_on(township, monkeypatch):
    from adminapp.workflow import opening

    def die(*_):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "store_new", die)
        problem(township.apply(), 500)
    assert township.apply().status_code == 201 and database.raw("cases").count_documents({}) == 1


def test_everything_wrong_is_told_with_its_path(township):
    sent = {"applicant_name": "A", "applicant_id": "1", "income": "x", "per_head": 1, "members": [{"name": 5, "kind": ""}]}
    found = problem(township.apply(values=sent), 400)["problems"]
    told = {item["path"]: item["text"] for item in found}
    assert set(told) == {f"/values/{path}" for path in ("applicant_name", "applicant_id", "income", "per_head", "members/0/name", "members/0/kind")}
    assert "长度不对" in told["/values/applicant_id"] and "整数" in told["/values/income"]
    problem(township.apply(village=AWAY), 403)
    problem(township.apply(type="nothing"), 400)
    problem(township.apply(key=""), 400)
    assert database.raw("cases").count_documents({}) == 0


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"village": "\ud800"}, "/village"),
        ({"type": "\ud800"}, "/type"),
        ({"\ud800": 1}, "/"),
        ({"values": VALUES | {"applicant_name": "龙\ud800"}}, "/values/applicant_name"),
        ({"values": VALUES | {"\udfff": 1}}, "/values"),
        ({"values": VALUES | {"members": [MEMBER | {"relation": "\ud800"}]}}, "/values/members/0/relation"),
    ],
    ids=["village", "type", "name", "text", "field", "choice"],
)
def test_half_a_character_is_refused_with_its_path(township, wrong, path):
    body = json.dumps({"type": "demo", "village": VILLAGE, "values": VALUES} | wrong).encode()
    [told] = problem(township.ask("POST", "/applications", body, Idempotency_Key="k1"), 400)["problems"]
    assert told["path"] == path and "不完整的字符" in told["text"]
    assert database.raw("cases").count_documents({}) == database.raw("api_posts").count_documents({}) == 0
    made = township.apply()
    problem(township.ask("PATCH", f"/cases/{made.json['id']}", body, If_Match=made.headers["ETag"]), 400)


@pytest.mark.parametrize("levels", [30, 700, 200_000])
def test_json_nested_without_end_is_refused_in_words(township, levels):
    text = '{"more": ' + "[" * levels + "]" * levels + "}"
    made = township.apply("k2")
    for method, path, headers in (
        ("POST", "/applications", {"Idempotency_Key": "k1"}),
        ("PATCH", f"/cases/{made.json['id']}", {"If_Match": made.headers["ETag"]}),
    ):
        assert problem(township.ask(method, path, text.encode(), **headers), 400)["title"] == "请求内容嵌套太深"


def test_changes_are_made_on_the_rev_that_was_read(township):
    made = township.apply()
    path, tag = f"/cases/{made.json['id']}", made.headers["ETag"]
    problem(township.ask("PATCH", path, {"values": {"income": 5}}), 428)
    changed = township.ask("PATCH", path, {"values": {"income": 5}}, If_Match=tag)
    assert changed.json["values"]["income"] == 5 and changed.headers["ETag"] == '"1"'
    problem(township.ask("PATCH", path, {"values": {"income": 6}}, If_Match=tag), 409)
    assert township.get(path).json["values"]["income"] == 5


def test_papers_are_attached_and_the_draft_submitted(township):
    made = township.apply(values={"applicant_name": "龙甲虚构"})
    path = f"/cases/{made.json['id']}"
    lacking = problem(township.ask("POST", f"{path}/submission", If_Match=made.headers["ETag"]), 400)
    assert "公民身份号码" in json.dumps(lacking, ensure_ascii=False)
    paper = township.ask("POST", f"{path}/files?document=other&name=a.pdf", PDF)
    assert paper.status_code == 201 and paper.json["name"] == "a.pdf"
    problem(township.ask("POST", f"{path}/files?document=nothing", PDF), 400)
    problem(township.ask("POST", f"{path}/files?document=other", b"<html>"), 400)
    done = township.ask("PATCH", path, {"values": VALUES}, If_Match=township.get(path).headers["ETag"])
    answer = township.ask("POST", f"{path}/submission", If_Match=done.headers["ETag"])
    assert answer.json["state"] == "submitted" and [item["name"] for item in answer.json["files"]] == ["a.pdf"]
    problem(township.ask("POST", f"{path}/files?document=other", PDF[:0]), 400)


# The description


def test_the_document_has_a_schema_for_each_type_in_force(township):
    found = township.get("/openapi.json").json
    assert found["openapi"] == "3.1.0" and set(found["paths"]) >= {"/cases", "/applications", "/awards/{award_id}", "/batches/{batch_id}/lines"}
    demo = found["components"]["schemas"]["Application_demo_v1"]["properties"]["values"]["properties"]
    assert demo["income"]["type"] == ["integer", "null"] and demo["members"]["items"]["properties"]["relation"]["enum"] == ["self", "child", None]
    assert "per_head" not in demo
    text = json.dumps(found)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in found["components"]["schemas"], name


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "applicant_name", "members", "income", "$ne"]), inner, max_size=3),
    max_leaves=6,
)


def test_whatever_is_sent_is_answered_as_the_document_says(township, monkeypatch):
    monkeypatch.setattr(tokens, "A_MINUTE", 10**9)
    document = township.get("/openapi.json").json
    operations = [(path, method, item) for path, methods in document["paths"].items() for method, item in methods.items()]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def fuzz(data):
        path, method, item = data.draw(st.sampled_from(operations))
        for name in ("id", "award_id", "batch_id"):
            path = path.replace(f"{{{name}}}", data.draw(st.sampled_from(["6560f0f0f0f0f0f0f0f0f0f0", "x", "$ne", "%00", "龙"])))
        query = {each["name"]: data.draw(st.text(max_size=12)) for each in item["parameters"] if each["in"] == "query" and data.draw(st.booleans())}
        body = data.draw(ANYTHING) if item.get("requestBody") else None
        headers = township.headers | {"Idempotency-Key": data.draw(st.sampled_from(["a", "b"])), "If-Match": data.draw(st.sampled_from(['"0"', "x"]))}
        answer = township.client.open(f"/api/v1{path}", method=method.upper(), headers=headers, query_string=query, json=body)
        if answer.status_code != 404:
            assert str(answer.status_code) in item["responses"], (method, path, query, body, answer.text)
        assert answer.mimetype in ("application/json", "application/problem+json"), (method, path, answer.status)

    fuzz()
