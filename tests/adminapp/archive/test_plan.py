"""The parts of a file and how long it is kept are data: a mistake is named with its place."""

from datetime import date

import pytest

from adminapp.archive.plan import read_file
from adminapp.errors import SetupError

GOOD = """
parts:
- {key: form, title: 申请, shows: [form], documents: [application]}
- {key: rest, title: 其他, rest: [records, documents, notices]}
retention:
- {from: 1990-01-01, years: 10, clause: 虚构}
- {programme: temporary, from: 1990-01-01, years: 5, clause: 虚构}
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        (tmp_path / "archive.yaml").write_text(text, "utf-8")
        return read_file(tmp_path / "archive.yaml")

    return read


def test_every_kind_has_its_part_and_every_programme_its_years(read):
    plan = read(GOOD)
    assert plan.part_of("documents", "application") == "form" and plan.part_of("documents", "photo") == "rest"
    assert [plan.retention_of(name, date(2026, 9, 16)).years for name in ("dibao", "temporary")] == [10, 5]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("shows: [form]", "shows: [from]", "parts[0].shows[0]: “from”不在可用值中，是否要写“form”？"),
        ("documents: [application]", "docments: [application]", "parts[0].docments: 不认识的键“docments”，是否要写“documents”？"),
        ("key: rest", "key: form", "parts: “form”写了两次"),
        ("[records, documents, notices]", "[records, notices]", "收其余的 documents，现在有 0 个"),
        ("years: 10", "years: 0", "retention[0].years: 至少 1 年"),
        ("years: 10, clause: 虚构", "years: 10", "retention[0].clause: 必须填写"),
        ("{from: 1990-01-01, years: 10", "{programme: dibao, from: 1990-01-01, years: 10", "retention: 要有一行适用于所有项目"),
    ],
)
def test_a_mistake_in_the_file_is_named(read, before, after, sentence):
    with pytest.raises(SetupError) as caught:
        read(GOOD.replace(before, after))
    assert sentence in str(caught.value)
