"""The audit log as the auditor reads it: every fact has a name, every code a word."""

import ast
from pathlib import Path

import pytest

from adminapp import audit, database
from views import audit_facts

SOURCES = Path(__file__).parents[2]


def logged():
    """Yield (where, kind, {name of a fact: its expression}) of every call of audit.log in the program."""
    for folder in ("adminapp", "views"):
        for path in sorted((SOURCES / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.log":
                    kind = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
                    yield f"{path.relative_to(SOURCES)}:{call.lineno}", kind, {word.arg: word.value for word in call.keywords}


def test_every_fact_that_is_logged_has_a_name():
    found = list(logged())
    missing = [f"{where} {name}" for where, _kind, facts in found for name in facts if name not in {*audit_facts.NAMES, "actor", None}]
    assert len(found) > 60 and missing == []


def test_every_code_that_is_logged_has_a_word():
    missing = []
    for where, kind, facts in logged():
        for name in set(facts) & set(audit_facts.CODED):
            given = facts[name]
            for node in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
                code = node.value if isinstance(node, ast.Constant) else ""
                if code and code.isascii() and code not in {*audit_facts.WORDS, *audit_facts.STEPS.get(kind, {})}:
                    missing.append(f"{where} {name}={code}")
    assert missing == []


@pytest.mark.parametrize(
    ("kind", "facts", "shown"),
    [
        ("funds", {"request": "2026-12", "action": "arrive", "amount": 123450}, "资金申请：2026-12；操作：登记到账；金额：1,234.50 元"),
        ("payment", {"action": "recovery write_off"}, "操作：拟核销"),
        ("reserve", {"township": "433123109", "action": "propose advance"}, "乡镇：沱江镇；操作：申请拨入备用金"),
        ("import", {"type": "dibao_rural", "mode": "benefit", "step": "applied"}, "救助类型：农村低保；方式：已在享受（接收现有对象）；环节：已导入"),
        ("export", {"what": "never said", "format": "pdf"}, "事项：never said；格式：pdf"),
        ("account_changed", {"account": "x", "granted": ["finance", "auditor"]}, "账户：x；角色：财务、审计"),
        ("settings", {"what": "posting", "wide": True, "names": ""}, "事项：公示设置；扩大公示：是"),
    ],
)
def test_an_entry_is_read_in_words(login, app, kind, facts, shown):
    browser = login("auditor")
    database.raw("audit").delete_many({})
    with app.test_request_context():
        audit.log(kind, **facts)
    assert shown in browser.get("/audit/").text
