"""A page answers whatever stands behind the question mark of its address; the program never falls over it."""

import inspect
import re
import sys
from pathlib import Path

import pytest

from adminapp.policy import POLICY
from adminapp.text import plain_number
from seed.accounts import accounts
from tests.conftest import HERE

QUESTIONS = re.compile(r"""(?:args|values|asked|query)\.get(?:list)?\(\s*["']([\w.]+)["']""")
ALWAYS = {"page", "q", "sort", "type", "township", "year", "month", "rev"}
HOSTILE = ["²", "9" * 40, "\x00", "2026-13"]
"""A digit that is no number, more than the database can hold, an unseen character, no month."""
MORE = ["-1", "{}", "\ud800".encode("utf-8", "surrogatepass")]


def questions_of(view) -> set[str]:
    """Return the names that the module of a view, and its neighbours in the same folder, read from an address."""
    place = Path(inspect.getsourcefile(inspect.unwrap(view)))
    files = place.parent.glob("*.py") if place.parent.name != "views" else [place]
    return ALWAYS.union(*(QUESTIONS.findall(file.read_text("utf-8")) for file in files))


def pages(app):
    """Yield (endpoint, address, names) of each page without parts in its address."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" in rule.methods and not rule.arguments and inspect.unwrap(view).__module__ in sys.modules:
            yield rule.endpoint, rule.rule, sorted(questions_of(view))


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_no_question_brings_the_program_down(app, login, text):
    assert fallen(app, login, text, lambda names: [names]) == []


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE + MORE, ids=repr)
def test_no_question_alone_brings_it_down_either(app, login, text):
    assert fallen(app, login, text, lambda names: [[name] for name in names]) == []


def fallen(app, login, text, parts) -> list:
    """Ask every page for the text, as somebody who may; return (role, address, names) of each that failed."""
    people = {account.role: account.username for account in accounts() if account.township in ("", HERE)}
    found, asked, by_role = [], 0, {}
    for endpoint, address, names in pages(app):
        roles = POLICY[endpoint].roles if endpoint in POLICY else frozenset()
        if roles != frozenset() and endpoint not in ("auth.logout",):
            by_role.setdefault(next((role for role in people if roles is None or role in roles), None), []).append((address, names))
    assert by_role.pop(None, None) is None
    for role, addresses in by_role.items():
        browser = login(people[role])
        for address, names in addresses:
            for some in parts(names):
                asked += 1
                status = browser.get(address, query_string=[(name, text) for name in some]).status_code
                if status >= 500 and status != 503:  # a paper whose typefaces are still being made
                    found.append((role, address, some))
    assert asked > 80
    return found


NOT_NUMBERS = ["1234567890", "", None, "²", "-1", "１", "1 ", "٣"]


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("123456789", 123456789), *((text, None) for text in NOT_NUMBERS)])
def test_a_plain_number_is_digits_and_not_too_many(text, number):
    assert plain_number(text) == number
