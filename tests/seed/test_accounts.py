"""The demo accounts."""

from adminapp import divisions
from seed.accounts import DEMO_PASSWORD, SECOND, accounts, all_accounts

ROLES = {
    "sysadmin",
    "policy_admin",
    "county_reviewer",
    "county_approver",
    "finance",
    "auditor",
    "township_clerk",
    "township_deputy",
    "township_head",
    "village_assistant",
}


def test_every_role_has_an_account():
    assert {account.role for account in accounts()} == ROLES
    assert len(accounts()) == 6 + 2 * 4 + len(SECOND)


def test_small_demo_has_the_two_townships():
    assert {divisions.name_of(one.township) for one in accounts() if one.township} == {"沱江镇", "廖家桥镇"}
    assert accounts([]) == [one for one in accounts() if not one.township]


def test_full_demo_has_all_townships_with_unique_usernames():
    everyone = all_accounts()
    assert len(everyone) == 6 + 17 * 4 + len(SECOND)
    assert len({one.username for one in everyone}) == len(everyone)
    assert len({one.township for one in everyone if one.township}) == 17


def test_username_is_the_part_and_the_place_in_pinyin():
    names = {one.username for one in all_accounts()}
    assert {"clerk.tuojiang", "head.liaojiaqiao", "deputy.ganziping", "assistant.laershan", "auditor"} <= names


def test_names_say_they_are_invented_and_stay_the_same():
    everyone = all_accounts()
    assert all(one.name.endswith("（虚构）") and one.note == "虚构" for one in everyone)
    small = {one.username: one.name for one in accounts()}
    assert small.items() <= {one.username: one.name for one in everyone}.items()
    assert len(set(small.values())) == len(small)


def test_only_the_assistant_has_villages_and_they_lie_in_the_township():
    for one in all_accounts():
        assert bool(one.villages) == (one.role == "village_assistant")
        assert all(divisions.township_of(village) == one.township for village in one.villages)


def test_password_keeps_the_rules_for_passwords():
    classes = [str.isupper, str.islower, str.isdigit]
    assert len(DEMO_PASSWORD) >= 10
    assert all(any(test(character) for character in DEMO_PASSWORD) for test in classes)
