"""Which passwords are good enough, and how they are kept."""

import pytest

from adminapp.auth import passwords
from adminapp.auth.rules import Rules
from adminapp.errors import Invalid

RULES = Rules()


@pytest.mark.parametrize(
    "password",
    [
        "Quiet-River-4471",
        "Brass-Kettle-9920",
        "湖边的三只鸭子Ab1",
        "xK9#mPq2vL",
        "wTrf-82kd-QpZn",
        "Vier7 schoene Aepfel",
    ],
)
def test_good_passwords_pass(password):
    passwords.check(password, RULES, username="long.qy", name="龙清远")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Ab1-xyzqw", "10 至 128"),
        ("Kettle-9920" * 12, "10 至 128"),
        ("quietriverflows", "3 种"),
        ("quietriver4471", "3 种"),
        ("Password1!", "太容易"),
        ("P@ssw0rd2026", "太容易"),
        ("Fenghuang2026!", "太容易"),
        ("2026Minzheng!!", "太容易"),
        ("Tuojiang-2026", "太容易"),
        ("Admin@12345", "太容易"),
        ("Longqy@202611", "太容易"),
        ("Longqingyuan1!", "太容易"),
        ("Qwertyuiop1!", "太容易"),
        ("Abcdefghij1!", "太容易"),
        ("Aa1!Aa1!Aa1!", "太容易"),
        ("1234567890aA", "太容易"),
        ("Teacup-Ladder-58", "太容易"),
        ("凤凰县民政局Ab1!!", "太容易"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password, why):
    with pytest.raises(Invalid, match=why):
        passwords.check(password, RULES, username="longqy", name="龙清远")


def test_all_problems_are_named_together():
    with pytest.raises(Invalid) as refused:
        passwords.check("admin", RULES)
    assert len(refused.value.problems) == 3


def test_width_and_composition_of_characters_do_not_matter():
    stored = passwords.hash_password("Ｑuiet-River-4471")
    assert passwords.verify(stored, "Quiet-River-4471")


def test_nothing_verifies_against_no_account():
    assert not passwords.verify(None, "")
    assert not passwords.verify(None, "anything")
    assert not passwords.verify("broken", "anything")


def test_an_overlong_password_costs_nothing():
    assert not passwords.verify(passwords.hash_password("Quiet-River-4471"), "Quiet-River-4471" + " " * 200)


def test_made_passwords_pass_the_rules_and_differ():
    made = {passwords.make() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        passwords.check(password, RULES)
