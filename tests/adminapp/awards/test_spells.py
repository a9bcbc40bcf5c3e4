"""Spells: derived from entries, without hole or overlap; what was known on a past day stays known."""

from hypothesis import given
from hypothesis import strategies as st

from adminapp import dates
from adminapp.awards import amount_in, as_known, derive, spell_in, state_in
from adminapp.awards.entries import closing, grace, moving, opening, paying, resumption, suspension

FIRST = "2025-01"
PLACE = {"township": "433123109", "village": "433123109001"}


def entitled(amount):
    parts = [{"id": "base", "label": "补差", "kind": "base", "amount": amount}]
    return {"entitled": amount, "components": parts, "decision": f"d{amount}", "version": 1, "people": ["a"], "size": 1, "name": "虚构"}


def award(*entries):
    """Return an award of entries, each given as (day known, entry)."""
    made = [{**entry, "key": f"k{number}", "on": day} for number, (day, entry) in enumerate(entries)]
    return {"entries": made, "spells": derive(made)}


def opened(amount=30000, month="2026-03", on="2026-02-10"):
    return on, opening(month, entitled(amount), PLACE)


def shown(made):
    return [(spell["from"], spell["to"], spell["state"], spell["amount"], spell["cause"]) for spell in made["spells"]]


def test_an_award_runs_from_its_first_month_until_something_else_is_decided():
    made = award(opened())
    assert shown(made) == [("2026-03", None, "active", 30000, "open")]
    assert [state_in(made, month) for month in ("2026-02", "2026-03", "2030-01")] == ["pending", "active", "active"]


def test_a_change_begins_a_spell_and_ends_the_one_before():
    made = award(opened(), ("2026-05-20", paying("2026-06", entitled(20000), "decrease")))
    assert shown(made) == [("2026-03", "2026-05", "active", 30000, "open"), ("2026-06", None, "active", 20000, "decrease")]


def test_a_raise_decided_backwards_lies_over_what_was_and_the_past_is_still_known():
    made = award(opened(), ("2026-06-10", paying("2026-04", entitled(34000), "standard", "2026-05")))
    assert [amount_in(made, month) for month in ("2026-03", "2026-04", "2026-05", "2026-06")] == [30000, 34000, 34000, 30000]
    assert amount_in(as_known(made, "2026-06-09"), "2026-04") == 30000
    assert as_known(made, None) is made


def test_a_pause_is_a_spell_and_a_raise_meanwhile_counts_when_it_ends():
    made = award(
        opened(),
        ("2026-04-10", suspension("2026-05")),
        ("2026-05-10", paying("2026-04", entitled(36000), "standard")),
        ("2026-06-10", resumption("2026-07")),
    )
    assert shown(made) == [
        ("2026-03", "2026-03", "active", 30000, "open"),
        ("2026-04", "2026-04", "active", 36000, "standard"),
        ("2026-05", "2026-06", "suspended", 0, "standard"),
        ("2026-07", None, "active", 36000, "resume"),
    ]


def test_nothing_revives_what_was_ended():
    raised = ("2026-06-10", paying("2026-04", entitled(36000), "standard"))
    made = award(opened(), ("2026-05-10", closing("2026-05")), raised, ("2026-06-11", resumption("2026-05")))
    assert [amount_in(made, month) for month in ("2026-04", "2026-05", "2026-06")] == [36000, 36000, 0]
    assert state_in(made, "2026-06") == "ended"


def test_grace_is_paid_on_and_then_ends():
    made = award(opened(), ("2026-05-10", grace("2026-06", "2026-08")), ("2026-05-10", closing("2026-08")))
    assert [state_in(made, month) for month in ("2026-05", "2026-06", "2026-08", "2026-09")] == ["active", "grace", "grace", "ended"]
    assert amount_in(made, "2026-08") == 30000 and amount_in(made, "2026-09") == 0


def test_a_move_changes_the_place_and_not_the_amount():
    made = award(opened(), ("2026-05-10", moving("2026-06", "433123101", "433123101001")))
    assert [spell_in(made, month)["township"] for month in ("2026-05", "2026-06")] == ["433123109", "433123101"]
    assert amount_in(made, "2026-06") == 30000


def test_a_beginning_that_is_found_to_be_earlier_leaves_no_hole():
    made = award(opened(), ("2026-05-10", opening("2026-01", entitled(10000), PLACE) | {"to": "2026-01"}))
    assert shown(made) == [
        ("2026-01", "2026-01", "active", 10000, "open"),
        ("2026-02", "2026-02", "ended", 0, "open"),
        ("2026-03", None, "active", 30000, "open"),
    ]


MONTHS = st.integers(0, 30).map(lambda number: dates.add_months(FIRST, number))
AMOUNTS = st.integers(1, 100_000)
ENTRIES = st.one_of(
    st.builds(
        lambda month, amount, more: paying(month, entitled(amount), "income", None if more is None else dates.add_months(month, more)),
        MONTHS,
        AMOUNTS,
        st.none() | st.integers(0, 12),
    ),
    st.builds(suspension, MONTHS),
    st.builds(resumption, MONTHS),
    st.builds(closing, MONTHS),
    st.builds(lambda month, more: grace(month, dates.add_months(month, more)), MONTHS, st.integers(0, 5)),
    st.builds(lambda month: moving(month, "433123101", "433123101001"), MONTHS),
)


@given(st.lists(ENTRIES, max_size=8), MONTHS, AMOUNTS)
def test_spells_never_overlap_leave_no_hole_and_add_up(later, month, amount):
    days = [f"2026-01-{number + 2:02d}" for number in range(len(later))]
    made = award(("2026-01-01", opening(month, entitled(amount), PLACE)), *zip(days, later, strict=True))
    spells = made["spells"]
    assert spells[0]["from"] <= month and spells[-1]["to"] is None
    for one, other in zip(spells, spells[1:], strict=False):
        assert one["from"] <= one["to"] and dates.add_months(one["to"], 1) == other["from"]
    for spell in spells:
        assert spell["amount"] == (spell["entitled"] if spell["state"] in ("active", "grace") else 0)
        assert sum(part["amount"] for part in spell["components"]) == spell["entitled"]
        assert spell["cause"] and spell["key"] and spell["decision"]
    # What was known after each entry is what the entries so far give, whatever came later.
    for number, day in enumerate(["2026-01-01", *days]):
        assert as_known(made, day)["spells"] == derive(made["entries"][: number + 1])


@given(st.lists(ENTRIES, max_size=8), MONTHS)
def test_an_end_is_for_ever(later, last):
    made = award(("2026-01-01", opening(FIRST, entitled(500), PLACE)), ("2026-01-02", closing(last)), *(("2026-01-03", entry) for entry in later))
    assert amount_in(made, dates.add_months(last, 1)) == 0 and state_in(made, "2099-01") == "ended"
