"""A narrowed type decides every golden case as the whole one does, with a fraction of its fields."""

from dataclasses import replace
from pathlib import Path

import pytest

from adminapp import golden
from adminapp.decision import decide
from adminapp.declaration import read_file
from adminapp.declaration.narrowing import narrow
from adminapp.golden.runner import values_of
from adminapp.standards import read_file as read_standards

FOLDER = Path(__file__).parents[3] / "schemas" / "relief_types"
STANDARDS = read_standards()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_is_left_decides_every_golden_case_alike(path):
    whole = read_file(path)
    part = narrow(whole).relief_type
    assert len(part.fields) < len(whole.fields)
    for example in golden.read_file(golden.reader.FOLDER / path.name).cases:
        expected = decide(whole, 1, values_of(example, whole, STANDARDS))
        assert decide(part, 1, values_of(example, part, STANDARDS)) == expected


def test_only_what_is_read_is_left():
    found = narrow(read_file(FOLDER / "temporary.yaml"))
    assert {"kind", "persons", "months", "income_year", "members", "medical", "event"} <= found.relief_type.fields.keys()
    assert found.relief_type.fields.keys() & {"applicant_name", "nation", "account_number", "promised_on"} == set()
    columns = found.relief_type.fields["members"].column_ids
    assert {"name", "relation", "wages"} <= columns.keys() and columns.keys() & {"illness", "school"} == set()
    assert found.facts == ("applied_on",) and found.programmes == ()


def test_awards_and_facts_of_the_case_are_told():
    found = narrow(read_file(FOLDER / "disability_living.yaml"))
    assert "dibao" in found.programmes


def test_half_written_rules_are_left_out():
    whole = read_file(FOLDER / "centenarian.yaml")
    blank = replace(whole, eligibility=(replace(whole.eligibility[0], rule=""), *whole.eligibility[1:]))
    assert [one.id for one in narrow(blank).relief_type.eligibility] == ["age", "elsewhere"]
