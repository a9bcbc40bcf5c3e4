"""Every address × method × role × target: the table decides, out of scope looks absent, a refusal changes nothing.

Requests are made from the address map, so a new address is tried from its first day: it fails here until it stands in
the policy table and until ARGUMENTS knows how to fill its parts.
"""

import os
import re

import pytest

from adminapp import audit, database, policy
from adminapp.auth import accounts, users
from adminapp.outputs import outputs
from adminapp.policy import POLICY
from seed.accounts import DEMO_PASSWORD
from tests import world
from tests.world import HERE, THERE

OWN, FOREIGN, ABSENT, MALFORMED = "own", "foreign", "absent", "malformed"
TARGETS = (OWN, FOREIGN, ABSENT, MALFORMED)
SAFE = {"GET", "HEAD", "OPTIONS"}
PEOPLE = {
    "sysadmin": "sysadmin",
    "policy_admin": "policy",
    "county_reviewer": "reviewer",
    "county_approver": "approver",
    "finance": "finance",
    "auditor": "auditor",
    "township_clerk": "clerk.tuojiang",
    "township_deputy": "deputy.tuojiang",
    "township_head": "head.tuojiang",
    "village_assistant": "assistant.tuojiang",
}
TOWNSHIP_ROLES = policy.TOWNSHIP | {policy.ASSISTANT}
NO_CASE_ROLES = {policy.SYSADMIN, policy.POLICY_ADMIN, policy.FINANCE}

# How to fill the parts of an address, by name: {target: value} from the world, where a target that is left out is not
# tried; a plain value has no owner.
ID = {ABSENT: "6560f0f0f0f0f0f0f0f0f0f0", MALFORMED: "$ne"}
ARGUMENTS = {
    "id": lambda sides: ID | {OWN: str(sides[HERE].case.id), FOREIGN: str(sides[THERE].case.id)},
    "file_id": lambda sides: ID | {OWN: sides[HERE].file, FOREIGN: sides[THERE].file},
    # Nobody here owns one: what belongs to somebody else, or is not there, must look absent to everybody.
    "job_id": lambda sides: ID | {FOREIGN: sides[THERE].job},
    "delegation_id": lambda sides: ID | {OWN: sides[HERE].delegation, FOREIGN: sides[THERE].delegation},
    "check_id": lambda sides: ID | {OWN: sides[HERE].check, FOREIGN: sides[THERE].check},
    "warning_id": lambda sides: ID | {OWN: sides[HERE].warning, FOREIGN: sides[THERE].warning},
    "round_id": ID,
    "turn": "judge",
    "notice_id": ID,
    "batch_id": ID,
    "order_id": ID,
    "recovery_id": lambda sides: ID | {OWN: str(sides[HERE].case.id), FOREIGN: str(sides[THERE].case.id)},
    "return_key": ID[ABSENT],
    "month": ID,
    "funding_id": ID,
    "report_month": "2026-08",
    "ending": "xlsx",
    "register_key": {OWN: "recoveries", ABSENT: "no_such", MALFORMED: "$ne"},
    "entry_register": {OWN: "special_cases", ABSENT: "no_such", MALFORMED: "$ne"},
    "entry_id": lambda sides: ID | {OWN: sides[HERE].entry, FOREIGN: sides[THERE].entry},
    "account_id": lambda sides: ID | {OWN: sides[HERE].account, FOREIGN: sides[THERE].account},
    "profile_id": {OWN: "txt_gbk@1", ABSENT: "no_bank@1", MALFORMED: "$ne"},
    "release_id": ID,
    "simulation_id": ID,
    "plan_id": ID,
    "sheet": "totals",
    "posting_id": lambda sides: ID | {OWN: sides[HERE].posting, FOREIGN: sides[THERE].posting},
    "objection_id": lambda sides: ID | {OWN: sides[HERE].objection, FOREIGN: sides[THERE].objection},
    "photo_id": lambda sides: ID | {OWN: sides[HERE].photo, FOREIGN: sides[THERE].photo},
    "paper_id": lambda sides: ID | {OWN: sides[HERE].paper, FOREIGN: sides[THERE].paper},
    # A complaint belongs to no place, only to who assigns and who investigates it.
    "complaint_id": lambda sides: ID | {FOREIGN: sides[THERE].complaint},
    "path": ID,
    "posting": ID,
    "filing_id": lambda sides: ID | {OWN: sides[HERE].filing, FOREIGN: sides[THERE].filing},
    "view_id": lambda sides: ID | {OWN: sides[HERE].view, FOREIGN: sides[THERE].view},
    "import_id": lambda sides: ID | {OWN: sides[HERE].batch, FOREIGN: sides[THERE].batch},
    "token_id": ID,
    "award_id": ID,
    "draft_id": lambda sides: ID | {OWN: sides[HERE].draft},
    "tab": "form",
    "topic_key": {OWN: "cases", ABSENT: "no_such", MALFORMED: "$ne"},
    "role_key": {OWN: "finance", ABSENT: "no_such", MALFORMED: "$ne"},
    "what": "form",
    "request_id": lambda sides: ID | {OWN: sides[HERE].request, FOREIGN: sides[THERE].request},
    # A paper of one that is there would be printed, which takes faces: see tests/views/test_verification.py.
    "case_id": ID,
    "pack_id": lambda sides: ID | {OWN: sides[HERE].pack, FOREIGN: sides[THERE].pack},
    "lead_id": lambda sides: ID | {OWN: sides[HERE].lead, FOREIGN: sides[THERE].lead},
    "match_id": lambda sides: ID | {OWN: sides[HERE].match, FOREIGN: sides[THERE].match},
    "run_id": ID,
    "list_key": {OWN: "death", ABSENT: "no_such", MALFORMED: "$ne"},
    "meeting_id": lambda sides: ID | {OWN: sides[HERE].meeting, FOREIGN: sides[THERE].meeting},
    "village": lambda sides: {OWN: sides[HERE].village, FOREIGN: sides[THERE].village, ABSENT: "433123109999", MALFORMED: "$ne"},
    "line": ID[ABSENT],
    "town": {OWN: HERE, FOREIGN: THERE, ABSENT: "433123999", MALFORMED: "$ne"},
    "entry_no": {OWN: "2", FOREIGN: "2", ABSENT: "2", MALFORMED: "$ne"},
    "number": 0,
    "kind": "acceptance",
    "token": "not-a-token",
    "type_key": world.TYPE,
    "key": world.TYPE,
    "version": 1,
    "action": "submit",
    "step": "claim",
    "deed": "close",
    "field": "applicant_id",
    "document": "other",
    "code": "en",
    "filename": "css/app.css",
    # Of villages, because some roles reach no whole township.
    "place": lambda sides: {OWN: sides[HERE].village, FOREIGN: sides[THERE].village, ABSENT: "433123999", MALFORMED: "$ne"},
    "username": {
        OWN: "head.tuojiang",
        FOREIGN: "head.liaojiaqiao",
        ABSENT: "no.such.person",
        MALFORMED: "$ne",
    },
}
FORMS = {
    "config.close": {"do": "restore"},
    "bank_accounts.act": {"rev": "0", "reason": "x"},
    "objections.act": {"step": "reply"},
    "complaints.act": {"step": "begin"},
    "entries.strike": {"reason": "x y"},
    "payments.act": {"action": "build", "rev": "0"},
    "payments.release": {"reason": "x", "rev": "0"},
    "months.act": {"step": "close", "rev": "0"},
    "funds.act": {"step": "approve", "rev": "0"},
    "reserve.act": {"step": "advance", "rev": "0"},
}
"""What is posted where an empty form would be refused before the thing itself is looked for."""

PRINTED = ("visit_pack", "minutes", "posting_sheet", "reserve_paper", "evaluation_pdf", "complaint_reply")
"""Outputs of papers that are there: drawing them takes faces; see tests/exports."""

ENDING = {"auth.logout", "auth.end_sessions"}
"""Tried last: they end the session of the person who tries everything."""


def rules(app):
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint in ENDING, str(rule)))


def fill(rule, sides, target):
    """Return the address of a rule for a target; None when the rule has nothing that belongs to anybody."""
    parts, owned = {}, False
    for name in rule.arguments:
        value = ARGUMENTS[name]
        value = value(sides) if callable(value) else value
        if isinstance(value, dict):
            owned, value = True, value.get(target)
        if value is None:
            return None
        parts[name] = value
    if not owned and target != OWN:
        return None
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda part: str(parts[part[1]]), rule.rule)


def reaches(role, endpoint):
    """Tell whether the role reaches the other township's things behind an endpoint."""
    return role not in TOWNSHIP_ROLES or endpoint.startswith("accounts.")


# The table


def test_every_address_stands_in_the_table(app):
    missing = {rule.endpoint for rule in app.url_map.iter_rules()} - POLICY.keys()
    assert missing == set()


def test_every_row_of_the_table_has_an_address(app):
    stale = POLICY.keys() - {rule.endpoint for rule in app.url_map.iter_rules()}
    assert stale == set()


def test_what_only_reads_cannot_be_posted_to(app):
    for rule in app.url_map.iter_rules():
        if POLICY[rule.endpoint].effect == "read":
            assert rule.methods <= SAFE, rule


def test_every_part_of_an_address_has_a_factory(app):
    needed = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert needed - ARGUMENTS.keys() == set()


def test_an_address_that_is_not_in_the_table_is_refused(app, login, monkeypatch):
    browser = login("sysadmin")
    monkeypatch.setattr(policy, "POLICY", {key: row for key, row in POLICY.items() if key != "auth.sessions"})
    assert browser.get("/sessions").status_code == 403


def test_the_printed_table_is_the_table(app):
    from pathlib import Path

    printed = Path(__file__).parent.parent / "docs" / "permissions.md"
    assert printed.read_text("utf-8") == policy.as_markdown(), "python -m adminapp.policy > docs/permissions.md"


def test_a_row_named_twice_or_with_an_unknown_role_is_refused():
    with pytest.raises(ValueError, match="twice"):
        policy.allow("home.index", "self", policy.EVERYONE)
    with pytest.raises(ValueError, match="unknown"):
        policy.allow("home.other", "self", {"emperor"})


# Requests


def asked(app):
    """Return the rules to try: all of them, or those of the blueprints named in MATRIX (while one works on these)."""
    names = set(filter(None, os.environ.get("MATRIX", "").split(",")))
    return [rule for rule in rules(app) if not names or rule.endpoint.partition(".")[0] in names]


@pytest.fixture
def sides(app, people, monkeypatch):
    for name in PRINTED:
        monkeypatch.setitem(outputs, name, lambda *args: world.PDF)
    return world.build(app)


def strip(text, *words):
    """Return a page without what differs by request: tokens, nonces, incident numbers, messages, and these words."""
    text = re.sub(r'<div class="flash.*?</div></div>', "", text, flags=re.DOTALL)
    text = re.sub(r'nonce="[^"]*"|(?:content|value)="[^"]{40,}"|\b[0-9a-f]{16}\b', "", text)
    for word in words:
        text = text.replace(word, "")
    return re.sub(r"\s+", " ", text)


def send(browser, path, method, form=None, bearer=""):
    """Ask for an address as a person, or, where other systems ask, with a token of the same role."""
    token = {"X-CSRFToken": browser.token()} if method not in SAFE else {}
    if path.startswith("/api/"):
        token = {"Authorization": f"Bearer {bearer}"}
    with browser.client.open(path, method=method, headers=token, data=form) as answer:
        answer.get_data()
    return answer


def denials() -> int:
    return database.raw("audit").count_documents({"kind": "denied"})


def text_of(answer):
    """Return the body of an answer as text; a file is no text, and what stands open in it is found all the same."""
    return answer.get_data().decode("utf-8", "replace")


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_gets_what_the_table_says_and_nothing_else(app, login, sides, role):
    browser = login(PEOPLE[role])
    foreign = sides[THERE].canaries if role in TOWNSHIP_ROLES else []
    foreign = foreign + ([world.PAYEES[THERE]] if role in TOWNSHIP_ROLES else [])
    foreign = foreign + (sides[HERE].canaries + sides[THERE].canaries if role in NO_CASE_ROLES else [])
    bearer = world.token(role, [HERE] if role in TOWNSHIP_ROLES else [])
    picture, before = world.photograph(), world.digest()
    for rule in asked(app):
        row = POLICY[rule.endpoint]
        allowed = row.roles is None or role in row.roles
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            pages = {}
            for target in TARGETS:
                path = fill(rule, sides, target)
                if path is None:
                    continue
                logged = denials() if not allowed else 0
                answer = send(browser, path, method, FORMS.get(rule.endpoint) if method not in SAFE else None, bearer)
                cell = f"{role} {method} {path} ({target}): {answer.status}"
                assert answer.status_code < 500, cell
                for word in foreign:
                    assert word not in text_of(answer) and word not in str(answer.headers), f"{cell} shows {word}"
                after = world.digest()
                if not allowed:
                    assert answer.status_code == 403, cell
                    assert denials() == logged + 1, cell
                elif target in (ABSENT, MALFORMED) or (target == FOREIGN and not reaches(role, rule.endpoint)):
                    assert answer.status_code == 404, cell
                    pages[target] = answer
                elif row.effect == "read" and row.kind != "public":
                    # A job is its owner's and some readers', whatever their township.
                    closed = row.kind == "job" and target == FOREIGN
                    assert answer.status_code in (200, 302, 303) + (404,) * closed, cell
                if method in SAFE or not allowed or target in pages or row.effect == "try":
                    assert after == before, (
                        f"{cell} changed {[name for name in after if after[name] != before.get(name)]}"
                    )
                elif after != before:
                    world.restore(picture)
            if FOREIGN in pages:
                words = [
                    value[target] for name in ("id", "file_id", "account_id", "recovery_id") for value in [ARGUMENTS[name](sides)] for target in value
                ]
                assert strip(pages[FOREIGN].text, *words) == strip(pages[ABSENT].text, *words), f"{role} {rule}"


@pytest.mark.parametrize("state", ["anonymous", "disabled", "must change", "forged cookie"])
def test_somebody_without_a_full_login_gets_nothing(app, browser, login, sides, state):
    one = browser()
    if state == "disabled":
        one = login(PEOPLE["township_clerk"])
        accounts.set_active(PEOPLE["township_clerk"], False)
    elif state == "must change":
        _, password = accounts.create_user("new.head", "新人（虚构）", ["township_head"], [HERE])
        assert one.post("/login", {"username": "new.head", "password": password}).status_code == 303
    elif state == "forged cookie":
        one.client.set_cookie("sid", "A" * 43)
    before = world.digest()
    for rule in asked(app):
        row = POLICY[rule.endpoint]
        if row.roles is None or (state == "must change" and rule.endpoint in ("auth.change_password", "auth.logout")):
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            path = fill(rule, sides, OWN) or fill(rule, sides, ABSENT)
            answer = send(one, path, method)
            cell = f"{state} {method} {path}: {answer.status} {answer.location}"
            if row.kind == "api":
                assert answer.status_code == 401 and answer.mimetype == "application/problem+json", cell
            elif method in SAFE:
                assert answer.status_code == 303, cell
                assert answer.location.startswith("/password" if state == "must change" else "/login"), cell
            else:
                assert answer.status_code == (403 if state == "must change" else 401), cell
            for word in sides[HERE].canaries + sides[THERE].canaries:
                assert word not in answer.text, cell
    assert world.digest() == before


@pytest.mark.parametrize("role", sorted(TOWNSHIP_ROLES | NO_CASE_ROLES))
def test_no_query_shows_the_other_township(app, login, sides, role):
    browser = login(PEOPLE[role])
    there = sides[THERE]
    hidden = there.canaries if role in TOWNSHIP_ROLES else there.canaries + sides[HERE].canaries
    searches = [*there.canaries, there.case.number, "wuyl", "wyl", there.township, there.village, ".*", "$where", "["]
    queries = [{"q": word} for word in searches]
    for name in ("township", "village", "state", "f", "filter"):
        queries += [{name: value} for value in (there.township, there.village, "$ne", "")]
    queries += [
        {"township[$ne]": ""},
        {"page": -1},
        {"after": str(there.case.id)},
        {"sort": "999"},
        {"parent": there.township},
    ]
    for rule in rules(app):
        row = POLICY[rule.endpoint]
        if "GET" not in rule.methods or row.kind not in ("list", "self") or role not in (row.roles or ()):
            continue
        path = fill(rule, sides, OWN) or fill(rule, sides, ABSENT)
        for query in queries:
            answer = browser.get(path, query_string=query)
            assert answer.status_code < 500, (path, query)
            typed = set(query.values())
            for word in hidden:
                if word not in typed:  # a search box repeats what was typed
                    assert word not in answer.text, (path, query, word)
            if typed & set(hidden):
                assert there.case.number not in answer.text and str(there.case.id) not in answer.text, (path, query)


def test_an_application_cannot_be_planted_in_another_township(app, login, sides):
    browser, before = login(PEOPLE["township_clerk"]), world.digest()
    there = sides[THERE]
    form = {
        "village": there.village,
        "township": there.township,
        "applicant_name": "麻甲雀",
        "_draft": "1",
        "state": "confirmed",
    }
    answer = browser.post(f"/cases/{world.TYPE}/new", form)
    assert answer.status_code in (200, 400, 403, 404, 422)
    assert world.digest() == before


def test_a_case_cannot_be_moved_or_decided_through_its_form(app, login, sides):
    browser, there, case = login(PEOPLE["township_clerk"]), sides[THERE], sides[HERE].case
    extra = {
        "state": "confirmed",
        "amount": "999999",
        "confirmed_by": "x",
        "type": "old_age",
        "created_by": "x",
        "number": "1",
    }
    form = {
        "rev": "0",
        "village": there.village,
        "township": there.township,
        "applicant_name": "麻甲雀",
        "_draft": "1",
        **extra,
    }
    browser.post(f"/cases/{world.TYPE}/{case.id}/edit", form)
    stored = database.raw("cases").find_one({"_id": case.id})
    for name in ("township", "village", "state", "type", "number", "created_by"):
        assert stored[name] == getattr(case, name), name
    assert not stored.get("amount") and not stored.get("confirmed_by")


def test_another_townships_file_is_not_reached_through_an_own_case(app, login, sides):
    browser = login(PEOPLE["township_clerk"])
    own = sides[HERE].case
    assert browser.get(f"/cases/{world.TYPE}/{own.id}/files/{sides[HERE].file}").status_code == 200
    assert browser.get(f"/cases/{world.TYPE}/{own.id}/files/{sides[THERE].file}").status_code == 404


# What stock Flask-Admin leaves open (the finding each one closes)


@pytest.mark.parametrize(
    "path",
    [
        "action/",  # bulk delete that ignores the scope
        "delete/",
        "api/file/?id=6560f0f0f0f0f0f0f0f0f0f0&coll=files",  # any file of any collection
        "ajax/lookup/?name=x&query=y",  # unscoped references
        "ajax/update/",
        "export/csv/",  # everything, by GET, without reason
        "details/?id=1",
        "edit/?id=1",
    ],
)
def test_what_flask_admin_offers_besides_does_not_exist(app, login, sides, path):
    browser = login(PEOPLE["township_clerk"])
    for base in (f"/cases/{world.TYPE}/", "/admin/case/", "/"):
        for method in ("GET", "POST"):
            assert send(browser, base + path, method).status_code in (403, 404, 405), base + path
    endpoints = {rule.endpoint.rpartition(".")[2] for rule in app.url_map.iter_rules()}
    assert not endpoints & {"action_view", "api_file_view", "ajax_lookup", "ajax_update", "export", "delete_view"}


def test_a_township_person_is_confined_also_when_a_role_is_taken_away_during_the_session(app, login, sides):
    browser = login(PEOPLE["township_clerk"])
    users.change(PEOPLE["township_clerk"], roles=["township_head"])  # even past the screens, without ending the session
    assert browser.get(f"/cases/{world.TYPE}/new").status_code == 403


def test_a_person_cannot_raise_own_rights(app, login, people):
    browser = login("sysadmin")
    form = {"display_name": "x", "roles": ["auditor"]}
    assert browser.post("/accounts/sysadmin", form).status_code == 403
    assert users.get("sysadmin").roles == {"sysadmin"}


def test_unfit_roles_cannot_be_held_together(app, login, people):
    browser = login("sysadmin")
    form = {"username": "two.hats", "display_name": "某某", "roles": ["finance", "county_approver"]}
    assert browser.post("/accounts/new", form).status_code == 400
    assert users.find("two.hats") is None


def test_an_administrator_makes_an_account_that_works(app, login, browser, people):
    admin = login("sysadmin")
    form = {"username": "New.Clerk", "display_name": "石新人", "roles": ["township_clerk"], "townships": [HERE]}
    page = admin.post("/accounts/new", form)
    assert page.status_code == 201
    password = re.search(r'class="mono">([^<]+)<', page.text)[1]
    other = browser()
    assert other.post("/login", {"username": "new.clerk", "password": password}).status_code == 303
    assert other.get("/").location == "/password"
    assert admin.post("/accounts/new.clerk/disable").status_code == 303
    assert other.get("/password").status_code == 303
    assert DEMO_PASSWORD not in page.text


def test_the_auditor_sees_denials_and_no_personal_values(app, login, browser, sides):
    clerk = login(PEOPLE["township_clerk"])
    clerk.get("/accounts/")
    clerk.get(f"/cases/{world.TYPE}/{sides[HERE].case.id}/files/{sides[HERE].file}")
    page = login("auditor", browser()).get("/audit/").text
    assert "拒绝访问" in page and "accounts.index" in page
    for word in sides[HERE].canaries + sides[THERE].canaries:
        assert word not in page
    assert list(audit.verify()) == []
