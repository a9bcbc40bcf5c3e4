"""The invented people of the demo county."""

import time
from collections import Counter
from datetime import date
from itertools import islice

import pytest

from adminapp import dates, divisions
from adminapp.identity import check_card, parse_disability_card, parse_id
from adminapp.text import check_name
from seed import people
from seed.people import DAY, households


@pytest.fixture(scope="module")
def county():
    return list(households(3000, seed=1))


@pytest.fixture(scope="module")
def persons(county):
    return [person for household in county for person in household.members]


def age(person):
    return dates.age(person.birth, DAY)


def test_same_seed_makes_the_same_people():
    first, again, other = (list(households(50, seed)) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_a_longer_run_starts_with_the_same_households():
    assert list(islice(households(1000, 7), 20)) == list(households(20, 7))


def test_no_households_are_asked_for_and_none_come():
    assert list(households(0, 1)) == []


def test_id_and_account_numbers_are_unique_in_seven_counties():
    numbers, accounts, count = set(), set(), 0
    for household in households(7 * 3000, seed=3):
        for person in household.members:
            count += 1
            numbers.add(person.id_number)
            accounts.add(person.account or count)
    assert len(numbers) == len(accounts) == count


def test_every_id_number_is_valid_and_tells_birth_and_sex(persons):
    with dates.frozen(DAY):
        for person in persons:
            found = parse_id(person.id_number)
            assert (found.number, found.birth, found.sex) == (person.id_number, person.birth, person.sex)


def test_disability_cards_agree_with_kind_and_grade(persons):
    cards = [person for person in persons if person.card]
    assert len(cards) > 200
    with dates.frozen(DAY):
        for person in cards:
            card = parse_disability_card(person.card)
            assert (card.id_number.number, str(card.kind), card.grade) == (
                person.id_number,
                person.disability,
                person.grade,
            )
    assert all(person.grade == 0 and not person.disability for person in persons if not person.card)


def test_bank_accounts_are_valid_cards_of_no_real_bank(persons):
    for person in persons:
        assert bool(person.account) == bool(person.bank) == (age(person) >= 16)
        if person.account:
            assert len(check_card(person.account)) == 19
            assert person.account.startswith("99")


def test_names_are_accepted_as_names_of_persons(persons):
    for person in persons:
        assert check_name(person.name) == person.name


def test_some_names_are_hard_to_print_and_to_encode():
    names = [person.name for household in households(6000, seed=2) for person in household.members]
    assert any("·" in name for name in names)
    for character in "䶮㛃𬬭":
        assert any(character in name for name in names)


def test_everything_made_is_marked_as_invented(county, persons):
    assert {item.note for item in [*county, *persons]} == {"虚构"}


def test_household_is_one_head_with_members_who_live_in_a_village(county):
    for household in county:
        assert household.members[0] is household.head
        assert [person.relation for person in household.members].count("self") == 1
        assert household.head.relation == "self"
        assert divisions.township_of(household.village) == household.township
        assert household.address.startswith(divisions.full_name(household.village))


def test_townships_get_people_by_their_weight(county):
    shares = Counter(household.township for household in county)
    for township in divisions.townships():
        assert shares[township.code] / len(county) == pytest.approx(township.weight / 100, abs=0.02)


def test_household_income_is_the_sum_of_its_members(county):
    for household in county:
        assert set(household.income) == set(people.INCOME_KINDS)
        for kind, fen in household.income.items():
            assert fen == sum(person.income.get(kind, 0) for person in household.members)
            assert type(fen) is int and fen >= 0


def test_codes_are_those_of_the_lists(county, persons):
    for person in persons:
        assert person.relation in people.RELATIONS
        assert person.health in people.HEALTH
        assert person.labour in people.LABOUR
        assert person.self_care in people.SELF_CARE
        assert person.school in people.SCHOOLS
        assert person.occupation in people.OCCUPATIONS
        assert {person.father, person.mother} <= set(people.PARENT_STATES)
    assert {household.hukou for household in county} == set(people.HUKOU)


def test_every_kind_of_need_occurs(persons):
    assert sum(age(person) >= 80 for person in persons) > 300
    assert sum(age(person) >= 100 for person in persons) >= 1
    assert sum(0 < person.grade <= 2 for person in persons) > 100
    assert sum(person.seriously_ill for person in persons) > 50
    assert sum(person.self_care == "full" for person in persons) > 50
    assert sum(person.father == "dead" and person.mother == "dead" for person in persons) >= 5
    assert sum(bool(person.father and person.mother) for person in persons) > 30


def test_lives_are_plausible(county, persons):
    for person in persons:
        assert 0 <= age(person) < 110
        if person.father or person.mother:
            assert age(person) < 23
        if age(person) < 16:
            assert not person.income and not person.married
    for household in county:
        for person in household.members:
            if person.relation in ("son", "daughter"):
                assert age(household.head) - age(person) >= 16
            if person.relation in ("father", "mother"):
                assert age(person) - age(household.head) >= 16


def test_ages_count_from_the_day_asked_for():
    then = date(2030, 2, 28)
    made = [person for household in households(300, 1, on=then) for person in household.members]
    assert max(person.birth for person in made) <= then
    assert max(person.birth for person in made).year >= 2028


def test_about_three_persons_a_household(county, persons):
    assert 2.6 < len(persons) / len(county) < 3.3


def test_people_are_made_fast_enough_for_a_prefecture():
    # The aim is 20,000 a second; a tenth of it still tells a generator that has become quadratic.
    start = time.perf_counter()
    count = sum(len(household.members) for household in households(3000, seed=4))
    assert count / (time.perf_counter() - start) > 2_000
